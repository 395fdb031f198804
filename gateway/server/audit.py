"""Alarms as callers see them."""

from gateway.log.instants import timestamp
from gateway.store.alarm_book import KeptAlarm
from yrd.exchange.v1.service_pb2 import Alarm


def alarm_of(kept: KeptAlarm) -> Alarm:
    """An alarm as it travels."""
    alarm = Alarm(
        time=timestamp(kept.time_us),
        log_origin=kept.log,
        kind=kept.kind,
        detail=kept.detail,
        number=kept.number,
        evidence=kept.data,
    )
    if kept.settlement is not None:
        alarm.settled_time.CopyFrom(timestamp(kept.settlement.time_us))
        alarm.settled_by = kept.settlement.settler
        alarm.settled_note = kept.settlement.note
    return alarm
