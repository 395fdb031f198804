"""Which reports of several participants are held to be one earthquake."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from pipelines.facts.scope import micros
from pipelines.nature.joining import Joined, Link, joined
from pipelines.places.distance import kilometres
from pipelines.tabled import rows
from yrd.common.v1.common_pb2 import TrackPoint
from yrd.exchange.v1.message_pb2 import Message
from yrd.monitoring.v1.monitoring_pb2 import EarthquakeReport


def groups(reports: Sequence[Message]) -> list[Joined]:
    """Reports on one earthquake together, by their places.

    One catalogue identifier joins what is anywhere near; else nearness in time, place and magnitude does,
    except where one participant tells two, or one network two identifiers.
    """
    return joined([m.stamp.origin for m in reports], _links(reports))


class _Limits(NamedTuple):
    """Within what two reports are one earthquake; None is no limit."""

    seconds: float
    kilometres: float
    magnitude: float | None


@cache
def _limits() -> dict[str, _Limits]:
    return {
        row["rule"]: _Limits(
            float(row["seconds"]),
            float(row["kilometres"]),
            float(row["magnitude"]) if row["magnitude"] else None,
        )
        for row in rows("earthquakes")
    }


class _Apart(NamedTuple):
    """How far apart two reports are; magnitudes None if one has none."""

    seconds: float
    kilometres: float
    magnitude: float | None

    def within(self, limits: _Limits) -> bool:
        if self.seconds > limits.seconds or self.kilometres > limits.kilometres:
            return False
        if self.magnitude is None or limits.magnitude is None:
            return True
        return self.magnitude <= limits.magnitude


def _links(reports: Sequence[Message]) -> Iterator[Link]:
    """Pairs of different participants that may be one earthquake."""
    by_time = sorted(range(len(reports)), key=lambda i: (origin_us(reports[i]), i))
    widest = max(limits.seconds for limits in _limits().values())
    for n, i in enumerate(by_time):
        for j in by_time[n + 1 :]:
            if (origin_us(reports[j]) - origin_us(reports[i])) / 1e6 > widest:
                break
            if reports[i].stamp.origin != reports[j].stamp.origin:
                yield from _link(reports, min(i, j), max(i, j))


def _link(reports: Sequence[Message], i: int, j: int) -> Iterator[Link]:
    a, b = reports[i].earthquake_report, reports[j].earthquake_report
    apart = _apart(reports[i], reports[j])
    pair = f"{reports[i].header.entity_id} = {reports[j].header.entity_id}"
    if a.catalog_id and a.catalog_id == b.catalog_id:
        if apart.within(_limits()["catalogue"]):
            yield Link(i, j, True, 0.0, f"{pair}: both {a.catalog_id} in the catalogue")
    elif apart.within(_limits()["near"]) and not _told_apart(a, b):
        limits = _limits()["near"]
        cost = apart.seconds / limits.seconds + apart.kilometres / limits.kilometres
        magnitude = "" if apart.magnitude is None else f", {apart.magnitude:.1f} in magnitude"
        why = f"{apart.seconds:.0f} s, {apart.kilometres:.0f} km{magnitude} apart"
        yield Link(i, j, False, cost, f"{pair}: {why}")


def _told_apart(a: EarthquakeReport, b: EarthquakeReport) -> bool:
    """One network has two identifiers for two earthquakes."""
    return bool(a.catalog_id and b.catalog_id) and a.issuer_name == b.issuer_name


def _apart(one: Message, other: Message) -> _Apart:
    a, b = one.earthquake_report, other.earthquake_report
    both = a.HasField("magnitude") and b.HasField("magnitude")
    return _Apart(
        seconds=abs(origin_us(one) - origin_us(other)) / 1e6,
        kilometres=kilometres(_at(a.epicenter), _at(b.epicenter)),
        magnitude=abs(a.magnitude - b.magnitude) if both else None,
    )


def _at(point: TrackPoint) -> tuple[float, float]:
    return point.latitude, point.longitude


def origin_us(message: Message) -> int:
    """Origin time (发震时刻), microseconds since 1970."""
    return micros(message.header.occurred_time)
