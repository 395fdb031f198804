"""Readings past their thresholds on both sides of a border, each object's as one situation (跨界监测态势)."""

from collections.abc import Iterable, Sequence

from pipelines.facts.known import Known
from pipelines.facts.questions import about, ask
from pipelines.nature.station_chains import chain_of, order_in
from pipelines.nature.station_object import Subject, plain, told_about
from pipelines.nature.station_reading import reading
from pipelines.nature.station_series import Series, comparable, rule_of, series
from pipelines.nature.station_trend import trend_of
from pipelines.places.distance import LatLon, kilometres, position
from yrd.situation.v1.readings_pb2 import BorderReadings, ComparableReadings


def evaluate(known: Known, as_of_us: int) -> list[BorderReadings]:
    """Situations that two participants tell, or that one tells and names another for, by name.

    Only current, undoubted readings make a situation; the others on the same object are shown with it.
    """
    groups: dict[Subject, list[Series]] = {}
    for station in series(known, as_of_us):
        groups.setdefault(told_about(station.observation), []).append(station)
    near = [part for key in sorted(groups) for part in _near(groups[key])]
    return [_situation(known, stations) for stations in near if _crosses(stations)]


def _near(stations: list[Series]) -> list[list[Series]]:
    """Stations on one object that are joined by steps of at most the measure's kilometres."""
    limit = rule_of(stations[0].observation).within_km
    if limit is None:
        return [stations]
    places: dict[LatLon | None, list[Series]] = {}
    for station in stations:
        places.setdefault(position(station.observation.place), []).append(station)
    known = sorted(place for place in places if place is not None)
    joined = [[s for place in part for s in places[place]] for part in _steps(known, limit)]
    return [*joined, *([station] for station in places.get(None, ()))]


def _steps(places: Sequence[LatLon], limit_km: float) -> list[list[LatLon]]:
    """Places that are reached from each other by steps, in order."""
    left, found = list(places), []
    while left:
        part, at = [left.pop(0)], 0
        while at < len(part):
            close = [place for place in left if kilometres(part[at], place) <= limit_km]
            part += close
            left = [place for place in left if place not in close]
            at += 1
        found.append(sorted(part))
    return found


def _participants(stations: Iterable[Series]) -> list[str]:
    return sorted({station.newest.stamp.origin for station in stations if station.past})


def _concerned(stations: Iterable[Series]) -> list[str]:
    stations = list(stations)
    named = {name for s in stations if s.past for name in s.observation.affected_neighbors}
    return sorted(named - {*_participants(stations)})


def _crosses(stations: list[Series]) -> bool:
    participants = _participants(stations)
    return len(participants) > 1 or bool(participants and _concerned(stations))


def _situation(known: Known, stations: list[Series]) -> BorderReadings:
    stations = sorted(stations, key=_down_the_chain)
    first = min(stations, key=lambda s: s.newest.header.entity_id)
    seen, chain = first.observation, chain_of(first.observation)
    shown = [reading(station, _order(station)) for station in stations]
    ids = dict.fromkeys(message_id for line in shown for message_id in line.message_ids)
    return BorderReadings(
        situation_id=f"{seen.measure.value}/{told_about(seen).object}/{first.newest.header.entity_id}",
        object_name=plain(seen.object_name) or plain(seen.station_name),
        chain_name=chain.name_zh if chain else "",
        measure=seen.measure,
        participants=_participants(stations),
        concerned=_concerned(stations),
        trend=trend_of([station for station in stations if station.past]),
        stations=shown,
        comparable=_comparable(stations),
        without_datum=[s.newest.header.entity_id for s in stations if _lacks_datum(known, s)],
        message_ids=ids,
    )


def _order(station: Series) -> int | None:
    chain = chain_of(station.observation)
    return order_in(chain, station.observation) if chain else None


def _down_the_chain(station: Series) -> tuple[bool, int, str, str]:
    order = _order(station)
    header = station.newest.header
    return order is None, order or 0, station.newest.stamp.origin, header.entity_id


def _lacks_datum(known: Known, station: Series) -> bool:
    """Whether the heights mean nothing beside others; its participant is asked."""
    lacks = rule_of(station.observation).has_datum and not plain(station.observation.datum)
    if lacks:
        ask(
            known,
            about(
                station.newest,
                "datum_missing",
                "observation.datum",
                "水位未注明基面，不能与其他站比较：请注明基面",
                "a level without its datum is compared with no other: state the datum",
            ),
        )
    return lacks


def _comparable(stations: Sequence[Series]) -> list[ComparableReadings]:
    """Highest and lowest where several current readings mean the same; levels only with a datum."""
    groups: list[list[Series]] = []
    for station in stations:
        seen = station.observation
        if not station.current or (rule_of(seen).has_datum and not plain(seen.datum)):
            continue
        same = next((g for g in groups if comparable(g[0].observation, seen)), None)
        if same is None:
            groups.append([station])
        else:
            same.append(station)
    found = [_extremes(group) for group in groups if len(group) > 1]
    return sorted(found, key=lambda c: (c.unit, c.datum, c.highest_entity_id))


def _extremes(group: Sequence[Series]) -> ComparableReadings:
    by_value = sorted(group, key=lambda s: (s.observation.value, s.newest.header.entity_id))
    lowest, highest = by_value[0], by_value[-1]
    return ComparableReadings(
        unit=highest.observation.unit,
        datum=plain(highest.observation.datum),
        highest_entity_id=highest.newest.header.entity_id,
        highest=highest.observation.value,
        lowest_entity_id=lowest.newest.header.entity_id,
        lowest=lowest.observation.value,
    )
