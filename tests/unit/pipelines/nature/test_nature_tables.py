"""The tables of readings, stations and earthquakes name what exists."""

from itertools import groupby

from pipelines.tabled import rows
from schemas.codes.tables import admin, measure


def test_measures_exist_and_are_in_the_unit_that_the_table_states() -> None:
    for row in rows("readings"):
        found = measure(row["measure"])
        assert row["measure"] == "default" or (found and found.unit == row["unit"])
        assert row["datum"] in ("yes", "no")


def test_stations_of_a_chain_stand_in_order_where_they_exist() -> None:
    names: set[tuple[str, str]] = set()
    for chain, found in groupby(rows("station_chains"), key=lambda row: row["chain"]):
        stations = list(found)
        assert [int(row["order"]) for row in stations] == [*range(1, len(stations) + 1)]
        assert len({(row["name_zh"], row["objects"]) for row in stations}) == 1
        for row in stations:
            assert admin(row["admin_code"])
            for name in row["station"].split("|"):
                assert name == name.strip() != ""
                assert (chain, name) not in names
                names.add((chain, name))


def test_each_chain_crosses_a_border() -> None:
    provinces: dict[str, set[str]] = {}
    for row in rows("station_chains"):
        provinces.setdefault(row["chain"], set()).add(row["admin_code"][:2])
    assert all(len(found) > 1 for found in provinces.values())


def test_a_water_belongs_to_one_chain() -> None:
    chains = {
        (name, row["chain"]) for row in rows("station_chains") for name in row["objects"].split("|")
    }
    assert len(chains) == len({name for name, _ in chains})
