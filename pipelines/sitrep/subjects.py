"""What a changed item is called."""

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.report.aid import STEPS
from pipelines.sitrep import naming
from pipelines.sitrep.changes import Help
from pipelines.sitrep.parts import Name
from schemas.codes.tables import measure
from yrd.situation.v1.aid_pb2 import DoublePromise, NeedLine
from yrd.situation.v1.earthquakes_pb2 import JointEarthquake
from yrd.situation.v1.hazmat_watch_pb2 import IsolationZone
from yrd.situation.v1.incidents_pb2 import Escalation
from yrd.situation.v1.readings_pb2 import BorderReadings
from yrd.situation.v1.situation_pb2 import (
    ActiveControl,
    ActiveResponse,
    ActiveWarning,
    AidLine,
    JointIncident,
    ParticipantCoverage,
)
from yrd.situation.v1.storms_pb2 import StormView


def subject(item: object) -> Name:
    """An item of a summary, or help."""
    return _NAMED[type(item)](item)


def _put(zh: str, en: str, *names: Name) -> Name:
    return Name(zh.format(*(n.zh for n in names)), en.format(*(n.en for n in names)))


def _warning(item: ActiveWarning) -> Name:
    who, kind = naming.participant(item.participant), naming.incident_kind(item.event_type)
    return _put("{0}{1}预警", "{0}, warning of {1}", who, kind)


def _response(item: ActiveResponse) -> Name:
    who, kind = naming.participant(item.participant), naming.incident_kind(item.event_type)
    return _put("{0}{1}响应", "{0}, response to {1}", who, kind)


def _control(item: ActiveControl) -> Name:
    who, what = naming.participant(item.participant), naming.quoted(item.object_name)
    return _put("{0}管控{1}", "{0}, control of {1}", who, what)


def _readings(item: BorderReadings) -> Name:
    known, code = measure(item.measure.value), item.measure.value
    what = Name(known.name_zh, known.name_en) if known else Name(code, code)
    return _put("{0}{1}", "{0}, {1}", naming.quoted(item.object_name), what)


def _quake(item: JointEarthquake) -> Name:
    return _put("地震{0}", "earthquake {0}", naming.quoted(item.location_name))


def _zone(item: IsolationZone) -> Name:
    source = naming.quoted(item.source_id.rsplit("/", 1)[-1])
    return _put("{0}隔离防护区", "isolation zone of {0}", source)


def _need(item: NeedLine) -> Name:
    who, what = naming.participant(item.beneficiary), naming.ability(item.capability)
    return _put("{0}对{1}的需求", "{0}, need of {1}", who, what)


def _request(item: AidLine) -> Name:
    who, what = naming.participant(item.requester), naming.ability(item.capability)
    return _put("{0}对{1}的请求", "{0}, request for {1}", who, what)


def _double(item: DoublePromise) -> Name:
    what = naming.quoted(item.resource_name or item.resource_id)
    return _put(
        "{0}{1}的重复承诺", "{0}, {1}, promised twice", naming.participant(item.participant), what
    )


def _help(item: Help) -> Name:
    who, what = naming.participant(item.branch.provider), naming.ability(item.life.capability)
    whom = naming.participant(item.life.requester)
    if item.step is None:
        return _put("{0}支援{1}{2}", "{0}, help for {1} with {2}", who, whom, what)
    whose, step = naming.participant(item.step.participant), Name(*STEPS[item.step.kind])
    return _put("{0}支援{1}{2}，{3}{4}", "{0}, help for {1} with {2}, {4} by {3}",
                who, whom, what, whose, step)  # fmt: skip


_NAMED: Mapping[type, Callable[[Any], Name]] = {
    JointIncident: lambda item: _put("事件{0}", "incident {0}", naming.quoted(item.title)),
    ParticipantCoverage: lambda item: naming.participant(item.participant),
    Escalation: lambda item: Name(item.text_zh, item.text_en),
    StormView: lambda item: _put("台风{0}", "storm {0}", Name(item.name_zh, item.name_en)),
    ActiveWarning: _warning,
    ActiveResponse: _response,
    ActiveControl: _control,
    BorderReadings: _readings,
    JointEarthquake: _quake,
    IsolationZone: _zone,
    NeedLine: _need,
    AidLine: _request,
    DoublePromise: _double,
    Help: _help,
}
