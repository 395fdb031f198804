"""Earthquakes: the reports of several participants on one event are one earthquake (联合震情)."""

from collections.abc import Iterable, Sequence

from pipelines.facts.early import question, too_early
from pipelines.facts.known import Known
from pipelines.facts.questions import ask
from pipelines.facts.scope import expired, micros
from pipelines.nature import felt
from pipelines.nature.same_earthquake import groups, origin_us
from yrd.exchange.v1.message_pb2 import Message
from yrd.monitoring.v1.monitoring_pb2 import EarthquakeReportKind
from yrd.situation.v1.earthquakes_pb2 import EarthquakeMember, JointEarthquake, ParameterSource

SHOWN_US = 7 * 24 * 3_600_000_000
"""How long an earthquake is shown."""
_WITHDRAWN = EarthquakeReportKind.EARTHQUAKE_REPORT_KIND_WITHDRAWN
_REVIEWED = EarthquakeReportKind.EARTHQUAKE_REPORT_KIND_REVIEWED


def evaluate(known: Known, as_of_us: int) -> list[JointEarthquake]:
    """Earthquakes of the last days that not all have withdrawn, newest first."""
    reports = _current(known, as_of_us)
    found = [
        _joint(known, [reports[i] for i in group.places], group.reasons)
        for group in groups(reports)
    ]
    standing = [quake for quake in found if any(m.kind != _WITHDRAWN for m in quake.members)]
    return sorted(standing, key=lambda q: (-micros(q.origin_time), q.joint_id))


def _current(known: Known, as_of_us: int) -> list[Message]:
    """Newest reports, of what has happened by then and not long ago."""
    found = []
    for message in known.newest("earthquake_report"):
        if too_early(message, origin_us(message)):
            ask(known, question(message, "header.occurred_time", "发震时刻", "the origin time"))
        elif 0 <= as_of_us - origin_us(message) <= SHOWN_US and not expired(message, as_of_us):
            found.append(message)
    return sorted(found, key=_smallest)


def _smallest(message: Message) -> tuple[str, str]:
    return message.header.entity_id, message.stamp.origin


def _joint(known: Known, reports: Sequence[Message], reasons: Iterable[str]) -> JointEarthquake:
    """One earthquake. What a reviewed report leaves out stands as the automatic one has it."""
    told = _by_weight([*reports, *_automatic(known, reports)])
    areas = felt.areas(m for m in reports if _stands(m))
    quake = JointEarthquake(
        joint_id=reports[0].header.entity_id,
        members=[_member(message) for message in reports],
        felt=areas,
        felt_provinces=sorted({area.province for area in areas}),
        withdrawn_by=sorted({m.stamp.origin for m in reports if not _stands(m)}),
        link_reasons=reasons,
    )
    _add_parameters(quake, told or list(reports))
    used = {source.message_id for source in quake.sources}
    own = [message.header.message_id for message in reports]
    quake.message_ids.extend([*own, *sorted(used - {*own})])
    return quake


def _stands(message: Message) -> bool:
    return message.earthquake_report.kind != _WITHDRAWN


def _automatic(known: Known, reports: Iterable[Message]) -> list[Message]:
    """Earlier automatic parameters of what is reviewed now."""
    reviewed = {
        (m.stamp.origin, m.header.entity_id)
        for m in reports
        if m.earthquake_report.kind == _REVIEWED
    }
    kept = known.kept("earthquake_report")
    return [m for m in kept if (m.stamp.origin, m.header.entity_id) in reviewed]


def _by_weight(messages: Iterable[Message]) -> list[Message]:
    """Those that stand, the weightiest first: reviewed before automatic, then the latest reported."""
    standing = [message for message in messages if _stands(message)]
    return sorted(
        standing,
        key=lambda m: (
            m.earthquake_report.kind == _REVIEWED,
            micros(m.header.reported_time),
            m.header.message_id,
        ),
        reverse=True,
    )


def _add_parameters(quake: JointEarthquake, told: Sequence[Message]) -> None:
    """Each parameter from the weightiest report that states it."""
    first = told[0]
    quake.location_name = first.earthquake_report.location_name
    quake.origin_time.CopyFrom(first.header.occurred_time)
    quake.epicenter.CopyFrom(first.earthquake_report.epicenter)
    quake.sources.extend([_source("origin_time", first), _source("epicenter", first)])
    for message in told:
        report = message.earthquake_report
        if report.HasField("depth_km") and not quake.HasField("depth_km"):
            quake.depth_km = report.depth_km
            quake.sources.append(_source("depth_km", message))
        if report.HasField("magnitude") and not quake.HasField("magnitude"):
            quake.magnitude, quake.magnitude_scale = report.magnitude, report.magnitude_scale
            quake.sources.append(_source("magnitude", message))


def _source(parameter: str, message: Message) -> ParameterSource:
    return ParameterSource(
        parameter=parameter,
        kind=message.earthquake_report.kind,
        participant=message.stamp.origin,
        issuer_name=message.earthquake_report.issuer_name,
        message_id=message.header.message_id,
    )


def _member(message: Message) -> EarthquakeMember:
    report = message.earthquake_report
    return EarthquakeMember(
        entity_id=message.header.entity_id,
        participant=message.stamp.origin,
        revision=message.header.revision,
        message_id=message.header.message_id,
        kind=report.kind,
        issuer_name=report.issuer_name,
        catalog_id=report.catalog_id,
        origin_time=message.header.occurred_time,
        epicenter=report.epicenter,
        depth_km=report.depth_km if report.HasField("depth_km") else None,
        magnitude=report.magnitude if report.HasField("magnitude") else None,
        magnitude_scale=report.magnitude_scale,
        reported_time=message.header.reported_time,
    )
