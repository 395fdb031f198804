"""Warnings, responses and controls in force at an instant."""

from pipelines.known import Known
from pipelines.scope import micros
from yrd.coordination.v1.coordination_pb2 import ResponseAction
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import ActiveControl, ActiveResponse, ActiveWarning
from yrd.warning.v1.warning_pb2 import WarningAction


def warnings(known: Known, as_of_us: int) -> list[ActiveWarning]:
    """Warnings in force, highest colour first."""
    current = known.current("early_warning", as_of_us)
    found = [_warning(m) for m in current if _warning_in_force(m, as_of_us)]
    return sorted(found, key=lambda w: (w.color, w.participant, w.entity_id))


def _warning_in_force(message: Message, as_of_us: int) -> bool:
    warning = message.early_warning
    if warning.action == WarningAction.WARNING_ACTION_CANCEL:
        return False
    begun = micros(warning.issue_time) <= as_of_us
    return begun and not _over(
        warning.HasField("expire_time"), micros(warning.expire_time), as_of_us
    )


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
