"""Alarms, and what became of a report, as callers see them."""

from gateway.log.instants import timestamp
from gateway.replication.missing import Reported
from gateway.store.alarm_book import KeptAlarm
from yrd.exchange.v1.service_pb2 import AbsentGroup, Alarm, ReportMissingResponse


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


def missing_response(found: Reported) -> ReportMissingResponse:
    """The answer to a report; its alarm goes without the evidence."""
    return ReportMissingResponse(
        alarm=alarm_of(found.alarm._replace(data=b"")) if found.alarm else None,
        clauses=found.clauses,
        not_due=found.not_due,
        groups=[
            AbsentGroup(group=one.group, clauses=one.clauses, not_due=one.not_due)
            for one in found.groups
        ],
    )
