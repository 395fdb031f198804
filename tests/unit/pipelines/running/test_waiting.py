"""Answers wait in order, and no more than there is room for."""

import threading

import pytest

from client import ExchangeError
from pipelines.running import waiting
from pipelines.running.waiting import Waiting
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import SubscribeResponse

PATIENT = 10.0


def answer(offset: int, messages: int = 1) -> SubscribeResponse:
    return SubscribeResponse(messages=[Message()] * messages, offset=offset)


def test_answers_come_out_in_order_errors_among_them() -> None:
    there, lost = Waiting(), ExchangeError("UNAVAILABLE", "gone")
    for one in (answer(1), lost, answer(2)):
        assert there.put(one)
    assert [there.take(0) for _ in range(4)] == [answer(1), lost, answer(2), None]


def test_who_waits_hears_of_what_comes() -> None:
    there = Waiting()
    late = threading.Timer(0.01, there.put, [answer(1)])
    late.start()
    assert there.take(PATIENT) == answer(1)


def test_who_puts_waits_for_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST_WAITING", 3)
    there, done = Waiting(), threading.Event()

    def put_all() -> None:
        for offset in range(1, 4):
            there.put(answer(offset, 3))
        done.set()

    threading.Thread(target=put_all, daemon=True).start()
    assert [there.take(PATIENT) for _ in range(2)] == [answer(1, 3), answer(2, 3)]
    assert done.wait(PATIENT)
    assert there.take(0) == answer(3, 3)


def test_who_puts_hears_that_nobody_reads_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST_WAITING", 1)
    there = Waiting()
    there.put(answer(1))
    threading.Timer(0.01, there.close).start()
    assert not there.put(answer(2))
