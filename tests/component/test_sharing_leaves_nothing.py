"""What no agreement gives never leaves: neither the wire nor the peer's disk has a byte of it."""

import threading
import time as real
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from client import ExchangeError
from tests.support.delta import Delta
from tests.support.desk import (
    ACTIVATION,
    INCIDENT,
    OURS,
    PEER,
    RESOURCE,
    THIRD,
    URGENT_ONLY,
    US,
    WAYBILL,
    boat,
    clause,
    desk,
    incident,
    waybill,
)
from tests.support.materials import Materials
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import Filter


def test_over_activation_change_and_withdrawal(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [clause("urgent", INCIDENT, PEER, when=URGENT_ONLY), clause("bills", WAYBILL, PEER)]
    with desk(materials, tmp_path, monkeypatch, *first) as made:
        made.publish(incident("routine1"), incident("life1", "PRIORITY_LIFE_SAFETY"))
        made.publish(waybill("bill1"), boat("boat1"))
        made.settle(PEER, THIRD)
        one = (["T-life1", "T-bill1", "T-boat1"], ["T-routine1", "R-life1", "R-bill1"])
        made.require(PEER, *one)
        made.require(THIRD, ["T-boat1"], ["T-life1", "T-bill1", "T-routine1", "R-life1"])

        made.agree("changing", clause("all", INCIDENT, PEER, disclose=["personal.contact"]))
        assert made.reload() == ["changing activated"]
        assert made.reload() == [], "nothing has changed since"
        made.publish(incident("routine2"), waybill("bill2"))
        made.settle(PEER, THIRD)
        two = (["T-routine2", "R-routine2"], ["T-bill2", "T-routine1", "R-life1"])
        made.require(PEER, *two)

        made.cancel("changing")
        assert made.reload() == ["changing withdrawn"]
        made.publish(incident("life3", "PRIORITY_LIFE_SAFETY"), boat("boat3"))
        made.settle(PEER, THIRD)
        made.require(PEER, ["T-boat3"], ["T-life3", "R-life3", *one[1], *two[1]])


def test_what_is_withdrawn_before_it_was_sent_is_not_sent(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A peer was away: what both then and now give reaches it, in the bytes that others got."""
    both = clause("all", INCIDENT, PEER, THIRD)
    with desk(materials, tmp_path, monkeypatch, both) as made:
        made.made.stop(PEER)
        made.publish(boat("boat1"), incident("early"))
        made.settle(THIRD)
        made.agree("changing", clause("all", INCIDENT, THIRD))
        assert made.reload() == ["changing activated"]
        made.publish(boat("boat2"), incident("late"))
        made.settle(THIRD)
        made.made.start(PEER)
        made.settle(PEER, THIRD)
        made.require(THIRD, ["T-early", "T-late", "T-boat1", "T-boat2"], ["R-early"])
        made.require(PEER, ["T-boat1", "T-boat2"], ["T-early", "T-late"])
        mine, theirs = (made.wire.entries(p, OURS) for p in (PEER, THIRD))
        assert mine.keys() == theirs.keys()
        same = [index for index in mine if mine[index] == theirs[index]]
        boats = [m.stamp.sequence for m in read(made.made, PEER, RESOURCE)]
        assert set(boats) <= set(same)
        assert len(boats) == 2


def read(made: Delta, holder: str, kind: str) -> list[Message]:
    return list(made.client(holder).messages(Filter(types=[kind], origins=[US])))


def test_files_that_changed_while_the_gateway_was_down(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(materials, tmp_path, monkeypatch, clause("all", INCIDENT, PEER)) as made:
        made.made.stop(PEER)
        made.publish(incident("before"))
        made.made.stop(US)
        made.cancel("changing")
        made.agree("another", clause("bills", WAYBILL, PEER))
        made.made.start(PEER)
        made.made.start(US)
        until(lambda: made.made.status(US).accepting, "it accepts")
        made.publish(incident("after"), waybill("bill"))
        made.settle(PEER, THIRD)
        made.require(PEER, ["T-bill"], ["T-before", "T-after"])
        steps = [
            (m.agreement_activation.agreement_id, m.agreement_activation.step, m.header.revision)
            for m in read(made.made, PEER, ACTIVATION)
        ]
        assert steps == [
            ("changing", 1, 1),
            ("stable", 1, 1),
            ("changing", 2, 2),
            ("another", 1, 1),
        ]


def test_an_agreement_ends_at_midnight_in_beijing(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is set to the last second of the day, then on; the peer was away and still gets the first."""
    today = (datetime.fromtimestamp(real.time()).astimezone() + timedelta(days=1)).date()
    midnight = datetime.fromisoformat(f"{today}T00:00:00+08:00").timestamp()
    ahead = {"seconds": midnight - 1 - real.time()}
    clock = SimpleNamespace(
        time=lambda: real.time() + ahead["seconds"],
        time_ns=lambda: real.time_ns() + int(ahead["seconds"] * 1e9),
        monotonic=real.monotonic,
    )
    monkeypatch.setattr("gateway.parts.time", clock)
    last = date.fromisoformat(str(today)) - timedelta(days=1)
    given = clause("all", INCIDENT, PEER)
    with desk(materials, tmp_path, monkeypatch, given, valid_until=str(last)) as made:
        made.made.stop(PEER)
        ahead["seconds"] = midnight - 0.5 - real.time()
        made.publish(incident("in-time"))
        ahead["seconds"] = midnight + 0.001 - real.time()
        made.publish(incident("too-late"))
        made.made.start(PEER)
        made.settle(PEER, THIRD)
        made.require(PEER, ["T-in-time"], ["T-too-late"])


def test_a_reload_that_can_not_be_used_changes_nothing(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(materials, tmp_path, monkeypatch, clause("all", INCIDENT, PEER)) as made:
        size = made.made.log(US, US).size
        made.cancel("changing")
        made.agree("broken", clause("all", INCIDENT, PEER, when="body.kidn == 'x'"))
        with pytest.raises(ExchangeError, match=r"broken\.yaml: clauses\.0.*did you mean 'kind'"):
            made.reload()
        made.publish(incident("still"))
        made.settle(PEER, THIRD)
        made.require(PEER, ["T-still"], [])
        assert made.made.log(US, US).size == size + 1


def test_reloads_under_load_leak_nothing_and_lose_nothing(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sealed outside of the agreement's times is nowhere; what came after the last activation is."""
    given = clause("all", INCIDENT, PEER, disclose=["personal.contact"])
    with desk(materials, tmp_path, monkeypatch, given) as made:
        ended = threading.Event()

        def publish() -> None:
            number = 0
            while not ended.is_set():
                made.publish(*(incident(f"n{number}-{i}-") for i in range(20)))
                number += 1

        load = threading.Thread(target=publish)
        load.start()
        try:
            for _ in range(4):
                made.cancel("changing")
                assert made.reload() == ["changing withdrawn"]
                made.agree("changing", given)
                assert made.reload() == ["changing activated"]
        finally:
            ended.set()
            load.join()
        made.publish(incident("last"))
        made.settle(PEER, THIRD)
        steps = {
            m.stamp.sequence: m.agreement_activation.step == 1
            for m in read(made.made, US, ACTIVATION)
            if m.agreement_activation.agreement_id == "changing"
        }
        sent = made.wire.entries(PEER, OURS)
        last = max(steps)
        held = {m.stamp.sequence for m in read(made.made, PEER, INCIDENT)}
        for message in read(made.made, US, INCIDENT):
            index = message.stamp.sequence
            in_force = steps[max(s for s in steps if s < index)]
            assert in_force or not sent[index].leaf, (
                f"entry {index} was sealed when nothing gave it"
            )
            assert (index in held) is bool(sent[index].leaf)
            assert index < last or index in held, f"entry {index} is lost"
        assert len(steps) == 9
