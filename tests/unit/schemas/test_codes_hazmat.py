"""Dangerous goods and plates: divisions, subsidiary hazards, plates as the contract has them."""

import csv
import re

import pytest

from schemas.codes import plates, tables
from schemas.codes.reading import FOLDER
from yrd.hazmat.v1 import hazmat_pb2
from yrd.warning.v1 import warning_pb2

DASHED = {
    *("1270", "1271", "3002", "3049", "3050", "3051", "3052"),
    *("3053", "3076", "3203", "3207", "3372", "3435", "3461"),
}


@pytest.mark.parametrize(
    ("number", "division", "subsidiary"),
    [
        ("1005", "2.3", ("8",)),
        ("1017", "2.3", ("5.1", "8")),
        ("1075", "2.1", ()),
        ("1972", "2.1", ()),
        ("1066", "2.2", ()),
        ("1203", "3", ()),
        ("1230", "3", ("6.1",)),
        ("1183", "4.3", ("3", "8")),
        ("3132", "4.3", ("4.1",)),
        ("3502", "2.2", ("6.1",)),
        ("0004", "1.1", None),
        ("1950", "2", None),
        ("3221", "4.1", None),
        ("3461", "4.2", None),
    ],
)
def test_division_and_subsidiary_hazards(
    number: str, division: str, subsidiary: tuple[str, ...] | None
) -> None:
    found = tables.un_number(number)
    assert found is not None
    assert (found.division, found.subsidiary) == (division, subsidiary)


def test_the_odd_rows_are_repaired_or_refused() -> None:
    with (FOLDER / "un_numbers_adr.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    dashed = {row["number"] for row in listed if row["class"].startswith("-")}
    asked = [row["number"] for row in listed if row["class"] == "?"]
    assert (dashed, len(asked)) == (DASHED, 49)
    assert [n for n in dashed if tables.problem("un_numbers", "", n)] == []
    assert [n for n in asked if not tables.problem("un_numbers", "", n)] == []
    known = [tables.un_number(n) for n in dashed]
    assert {u.division for u in known if u} == {"3", "4.2", "4.3", "6.1"}


def test_every_other_number_has_a_division_that_a_waybill_can_state() -> None:
    form = re.compile(r"1(\.[1-6])?|2(\.[1-3])?|3|4\.[1-3]|5\.[12]|6\.[12]|7|8|9")
    with (FOLDER / "un_numbers_adr.csv").open(encoding="utf-8", newline="") as file:
        numbers = [row["number"] for row in csv.DictReader(file) if row["class"] != "?"]
    divisions = [getattr(tables.un_number(n), "division", "") for n in numbers]
    assert [d for d in divisions if not form.fullmatch(d)] == []


@pytest.mark.parametrize(
    ("number", "division", "says"),
    [
        ("1017", "2.3", None),
        ("1017", "2.2", "UN 1017 is of division 2.3 (GB 6944), not '2.2': state 2.3"),
        ("1203", "2.1", "UN 1203 is of division 3"),
        ("0004", "1.1", None),
        ("0004", "1", "state 1.1"),
        ("1950", "2.1", None),
        ("1950", "3", "UN 1950 is of division 2"),
        ("0190", "1.4", None),
        ("3001", "8", None),
        ("9999", "8", None),
    ],
)
def test_a_stated_division_must_be_the_numbers(
    number: str, division: str, says: str | None
) -> None:
    found = tables.division_problem(number, division)
    assert found is None if says is None else says in str(found)


def test_plate_colours_are_those_of_the_contract() -> None:
    contract = {v.name: v.number for v in hazmat_pb2.PlateColor.DESCRIPTOR.values if v.number}
    assert {color.enum: color.code for color in plates.plate_colors()} == contract
    assert getattr(tables.plate_color(92), "name_zh", None) == "农绿"
    assert tables.plate_color(5) is None


def test_plate_characters_are_those_of_the_contract() -> None:
    source = hazmat_pb2.Plate.DESCRIPTOR.fields_by_name["number"].GetOptions().SerializeToString()
    found = re.search(r"\^\[([^\]A-Za-z0-9]+)\]\[A-Z\]", source.decode("utf-8", "replace"))
    assert found is not None
    assert set(found[1]) == set(plates.plate_provinces())


@pytest.mark.parametrize(
    ("number", "name", "province"),
    [
        ("浙B12345", "standard", "330000"),
        ("浙B1234挂", "trailer", "330000"),
        ("沪AD12345", "new_energy_small", "310000"),
        ("苏A12345F", "new_energy_large", "320000"),
        ("皖A1234警", "police", "340000"),
        ("沪X1234应急", "emergency", "310000"),
        ("沪AI2345", None, "310000"),
        ("A12345", None, None),
    ],
)
def test_plates_tell_class_and_province(
    number: str, name: str | None, province: str | None
) -> None:
    assert getattr(tables.plate_class(number), "name", None) == name
    assert getattr(tables.plate_province(number), "province_code", None) == province


@pytest.mark.parametrize(
    ("enum", "prefix", "attribute"),
    [
        ("WarningColor", "WARNING_COLOR_", "color"),
        ("Severity", "SEVERITY_", "cap_severity"),
        ("Urgency", "URGENCY_", "cap_urgency"),
    ],
)
def test_colours_name_values_of_the_contract(enum: str, prefix: str, attribute: str) -> None:
    known = warning_pb2.DESCRIPTOR.enum_types_by_name[enum].values_by_name
    told = [f"{prefix}{getattr(color, attribute)}" for color in tables.warning_colors()]
    assert [name for name in told if name not in known] == []
