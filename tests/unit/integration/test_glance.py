"""One look at a gateway: what of its state is to be seen to, and what of its messages is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from integration.doctor.finding import Level, worst
from integration.glance.feed import Feed
from integration.glance.judging import FAR_BEHIND, judge
from integration.glance.showing import ago
from tests.support.bodies import proposal_body
from tests.support.builders import draft, need
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import (
    Alarm,
    DispositionCounts,
    GetStatusResponse,
    LinkStatus,
    LogStatus,
)

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
GIB = 1 << 30


def stamp(time: datetime) -> Timestamp:
    made = Timestamp()
    made.FromDatetime(time)
    return made


def state(**changes: object) -> GetStatusResponse:
    """All is well."""
    made = GetStatusResponse(
        participant="310000",
        accepting=True,
        logs=[LogStatus(log_origin="yrd/310000", size=9000)],
        links=[
            LinkStatus(
                participant="320000", connected=True, remote_size=9, held_size=9, cosigned_size=9000
            )
        ],
        certificate_end_time=stamp(NOW + timedelta(days=300)),
        disk_free_bytes=50 * GIB,
        disk_total_bytes=100 * GIB,
    )
    made.MergeFrom(GetStatusResponse(**{k: v for k, v in changes.items() if v is not False}))  # type: ignore[arg-type]  # of the message's own fields
    if changes.get("accepting") is False:
        made.accepting = False
    return made


def test_where_all_is_well_nothing_is_said() -> None:
    assert judge(state(), NOW) == []


def link(**changes: object) -> LinkStatus:
    sizes = {"remote_size": 9, "held_size": 9, "cosigned_size": 9000}
    return LinkStatus(**({"participant": "joint", "connected": True} | sizes | changes))  # type: ignore[arg-type]  # as above


ALARM = Alarm(number=7, kind="fork", detail="two trees")
COUNTED = LogStatus(log_origin="yrd/320000", counts=DispositionCounts(quarantined=2))


@pytest.mark.parametrize(
    ("changes", "level", "words"),
    [
        ({"accepting": False, "problem": "disk"}, Level.TROUBLE, "DOES NOT ACCEPT: disk"),
        ({"alarms": [ALARM]}, Level.ATTENTION, "two trees"),
        ({"logs": [COUNTED]}, Level.ATTENTION, "yrd/320000: 2 entries are quarantined"),
        (
            {"links": [link(connected=False, problem="UNAVAILABLE")]},
            Level.ATTENTION,
            "joint 链路中断",
        ),
        ({"links": [link(connected=False, problem="stopped: x")]}, Level.TROUBLE, "stopped: x"),
        ({"links": [link(remote_size=9 + FAR_BEHIND + 1)]}, Level.ATTENTION, "5001 entries"),
        ({"links": [link(cosigned_size=1)]}, Level.ATTENTION, "no receipt for 8999"),
        ({"warnings": ["renew it"]}, Level.ATTENTION, "renew it"),
        (
            {"certificate_end_time": stamp(NOW + timedelta(days=3))},
            Level.TROUBLE,
            "certificate ends",
        ),
        ({"disk_free_bytes": GIB // 2}, Level.TROUBLE, "only 0.5 GiB"),
    ],
)
def test_what_is_to_be_seen_to_is_said_with_the_next_step(
    changes: dict[str, object], level: Level, words: str
) -> None:
    found = judge(state(**changes), NOW)
    assert worst(found) is level
    (one,) = [finding for finding in found if words in finding.what.en]
    assert one.level is level
    assert one.why.zh
    assert one.next.zh


def test_trouble_comes_first() -> None:
    found = judge(state(warnings=["soon"], accepting=False, problem="disk"), NOW)
    assert [one.level for one in found] == [Level.TROUBLE, Level.ATTENTION]


def message(made: object, origin: str, offset: int, time: datetime) -> Message:
    told = Message.FromString(made.SerializeToString())  # type: ignore[attr-defined]  # a draft
    told.stamp.origin = origin
    told.receipt.offset = offset
    told.receipt.received_time.FromDatetime(time)
    return told


def proposal(revision: int, **changes: object) -> Message:
    body = proposal_body("01890a5d-ac96-774b-bcce-b302099a8057", need()) | changes
    made = draft(body, "aidProposal", entity="joint/proposal/1", revision=revision)
    return message(made, "joint", revision, NOW)


def test_the_newest_of_each_participant_and_exercises_are_told() -> None:
    feed = Feed()
    exercise: dict[str, Any] = {"mode": "MODE_EXERCISE", "exerciseId": "in-fa"}
    feed.take([message(draft(), "310000", 1, NOW - timedelta(hours=1))])
    feed.take(
        [
            message(draft(**exercise), "310000", 2, NOW),
            message(draft(), "320000", 3, NOW - timedelta(hours=3)),
        ]
    )
    assert {one.origin: (one.time, one.mode) for one in feed.newest.values()} == {
        "310000": (NOW, "EXERCISE"),
        "320000": (NOW - timedelta(hours=3), "ACTUAL"),
    }
    assert feed.exercises == {"in-fa": NOW}
    assert feed.offset == 3


def test_proposals_stand_until_a_later_revision_withdraws_them() -> None:
    feed = Feed()
    feed.propose([proposal(2), proposal(1)])
    (standing,) = feed.proposals
    assert (standing.entity_id, standing.lines) == ("joint/proposal/1", 1)
    feed.propose([proposal(3, withdrawn=True, lines=[], messageIds=[])])
    assert feed.proposals == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "5 s"), (119, "119 s"), (121, "2 min"), (7300, "2 h"), (200_000, "2 d"), (-3, "0 s")],
)
def test_times_are_told_shortly(seconds: int, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == f"{words} 前 ago"
    assert ago(None, NOW) == "从未 never"
