"""One station as a situation shows it."""

from pipelines.nature.station_object import plain
from pipelines.nature.station_series import Series, gravest, movement, passage
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.readings_pb2 import StationReading


def reading(station: Series, order: int | None) -> StationReading:
    """The newest reading, with how it moved and since when it is past its threshold."""
    newest, seen = station.newest, station.observation
    line = StationReading(
        entity_id=newest.header.entity_id,
        participant=newest.stamp.origin,
        station_id=seen.station_id,
        station_name=seen.station_name,
        admin_code=seen.place.admin_code,
        chain_order=order,
        value=seen.value,
        unit=seen.unit,
        datum=plain(seen.datum),
        read_time=newest.header.occurred_time,
        quality=seen.quality,
        outdated=station.outdated,
        stated_trend=seen.trend,
    )
    used = [newest, *_add_passage(line, station), *_add_movement(line, station)]
    line.message_ids.extend(dict.fromkeys(m.header.message_id for m in used))
    return line


def _add_passage(line: StationReading, station: Series) -> list[Message]:
    passed, threshold = passage(station), gravest(station.observation)
    if passed is None or threshold is None:
        return []
    line.passed, line.threshold = threshold.kind, threshold.value
    line.passed_time.CopyFrom(passed.first.header.occurred_time)
    if passed.before is None:
        return [passed.first]
    line.not_passed_time.CopyFrom(passed.before.header.occurred_time)
    return [passed.first, passed.before]


def _add_movement(line: StationReading, station: Series) -> list[Message]:
    moved = movement(station)
    if moved is None:
        return []
    line.trend, line.change = moved.trend, round(moved.change, 6)
    line.change_since_time.CopyFrom(moved.since.header.occurred_time)
    return [moved.since]
