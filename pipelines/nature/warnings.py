"""Warnings, responses and controls in force at an instant."""

from collections.abc import Iterable
from typing import NamedTuple

from pipelines.facts.known import Known
from pipelines.facts.scope import micros
from pipelines.nature.publications import standing
from pipelines.places.covering import concerns
from yrd.coordination.v1.coordination_pb2 import ResponseAction
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import ActiveControl, ActiveResponse, ActiveWarning


class AreaWarning(NamedTuple):
    """A warning in force that concerns an area, in `whole` or in part."""

    warning: ActiveWarning
    whole: bool


def warnings(known: Known, as_of_us: int) -> list[ActiveWarning]:
    """Warnings in force, highest colour first."""
    found = [_warning(m) for m in standing(known, as_of_us)]
    return sorted(found, key=lambda w: (w.color, w.participant, w.entity_id))


def in_force(known: Known, area_code: str, at_us: int) -> list[AreaWarning]:
    """Warnings in force in an area at an instant, highest colour first.

    What covers the area, or one in which it lies, concerns it as a whole; what covers only some of what lies
    in it, in part. An outline without codes counts for the areas whose points lie in it. Of each warning the
    newest issue and the newest update are kept: for an instant before that, look at the picture as of then.
    """
    return _in_area(warnings(known, at_us), area_code)


def by_area(known: Known, at_us: int, area_codes: Iterable[str]) -> dict[str, list[AreaWarning]]:
    """The same for several areas; those without a warning have an empty list."""
    found = warnings(known, at_us)
    return {code: _in_area(found, code) for code in area_codes}


def _in_area(found: Iterable[ActiveWarning], area_code: str) -> list[AreaWarning]:
    sides = ((warning, concerns(warning.area, area_code)) for warning in found)
    return [AreaWarning(warning, whole) for warning, whole in sides if whole is not None]


def _over(has_end: bool, end_us: int, as_of_us: int) -> bool:
    return has_end and end_us <= as_of_us


def _warning(message: Message) -> ActiveWarning:
    warning = message.early_warning
    return ActiveWarning(
        entity_id=message.header.entity_id,
        identifier=warning.identifier,
        participant=message.stamp.origin,
        event_type=warning.event_type,
        color=warning.color,
        headline=warning.headline,
        area=warning.area,
        expire_time=warning.expire_time if warning.HasField("expire_time") else None,
        message_ids=[message.header.message_id],
    )


def responses(known: Known) -> list[ActiveResponse]:
    """Responses in force, highest level first. Only an end or the message's own expiry ends one."""
    found = [
        ActiveResponse(
            entity_id=m.header.entity_id,
            participant=m.stamp.origin,
            level=m.response_activation.level,
            event_type=m.response_activation.event_type,
            issuer_name=m.response_activation.issuer_name,
            area=m.response_activation.area,
            message_ids=[m.header.message_id],
        )
        for m in known.current("response_activation")
        if m.response_activation.action != ResponseAction.RESPONSE_ACTION_END
    ]
    return sorted(found, key=lambda r: (r.level, r.participant, r.entity_id))


def controls(known: Known, as_of_us: int) -> list[ActiveControl]:
    """Controls in force."""
    current = known.current("control_measure", as_of_us)
    found = [_control(m) for m in current if _control_in_force(m, as_of_us)]
    return sorted(found, key=lambda c: (c.participant, c.entity_id))


def _control_in_force(message: Message, as_of_us: int) -> bool:
    control = message.control_measure
    if control.lifted or micros(control.start_time) > as_of_us:
        return False
    return not _over(control.HasField("end_time"), micros(control.end_time), as_of_us)


def _control(message: Message) -> ActiveControl:
    control = message.control_measure
    return ActiveControl(
        entity_id=message.header.entity_id,
        participant=message.stamp.origin,
        kind=control.kind,
        object_name=control.object_name,
        hazmat_only=control.hazmat_only,
        area=control.area,
        end_time=control.end_time if control.HasField("end_time") else None,
        message_ids=[message.header.message_id],
    )
