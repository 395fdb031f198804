"""What all acts share: once, by whom it may be, on what was seen, by two where that is asked for."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import ContractViolated, Unavailable
from integration.acts.engine import Engine, Request
from integration.acts.journal import Journal, JournalError
from integration.acts.keeping import GIVEN_UP_MS, Keeping
from integration.acts.offers import Offers
from integration.acts.outcome import Outcome, State
from integration.acts.refusals import (
    Cannot,
    KeyReused,
    Malformed,
    NoRole,
    Nothing,
    NotNow,
    Refused,
    Stale,
    WrongFields,
)
from integration.acts.seam import Person, Role
from integration.acts.two_persons import Rules
from schemas import message_ids
from tests.support.acting import NOW_MS, FakeGateway, Receipt, World, person, report
from yrd.exchange.v1.message_pb2 import Authentication

OFFICER, APPROVER = person("p1"), person("p2", Role.APPROVER)
WAIT_MS = 60_000


@dataclass
class Room:
    """A page's acts over a journal, a gateway that is made up, and what is known."""

    journal: Journal
    act: Receipt = field(default_factory=Receipt)
    world: World = field(default_factory=World)
    gateway: FakeGateway = field(default_factory=FakeGateway)
    always: tuple[str, ...] = ()
    message: Any = field(default_factory=report)

    def __post_init__(self) -> None:
        self.world.take(self.message)
        self.about = f"message:actual:{self.message.header.message_id}"
        self.restart()

    def restart(self) -> None:
        """The page's server begins anew over the same journal."""
        rules = Rules("310000", self.always, None, lambda: date(2026, 6, 1))
        offers = Offers([self.act], self.world.known)
        keeping = Keeping(self.journal, self.gateway, lambda: self.world.now_ms, WAIT_MS)
        self.engine = Engine(offers, keeping, rules)

    def request(self, who: Person = OFFICER, **fields: str) -> Request:
        """A form filled in."""
        form, key = self.engine.form(who, "receipt", self.about)
        return Request(
            act="receipt",
            about=self.about,
            key=key,
            seen=form.seen,
            fields={"post": "总值班室", "kind": "read"} | fields,
        )

    def do(self, request: Request, who: Person = OFFICER) -> Outcome:
        """Sends it."""
        return asyncio.run(self.engine.act(who, request))

    def answer(self, key: str, who: Person = APPROVER, yes: bool = True, note: str = "") -> Outcome:
        """A second person's answer."""
        return asyncio.run(self.engine.approvals.answer(who, key, yes, note))

    def said(self) -> list[tuple[str, str]]:
        """What the record says: what, and who."""
        return [(line.what, line.person) for line in self.journal.record()]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as found:
        yield found


@contextmanager
def opened(folder: Path, **changes: Any) -> Iterator[Room]:
    journal = Journal(folder / "acts.db")
    try:
        yield Room(journal, **changes)
    finally:
        journal.close()


def test_an_act_is_sent_with_who_did_it_and_recorded(room: Room) -> None:
    request = room.request()
    done = room.do(request)
    assert (done.state, done.acted_by, done.approved_by) == (State.SENT, "p1", "")
    (draft,) = room.gateway.taken.values()
    act = draft.header.act
    assert (act.name, act.key, act.acted_by.person_id) == ("receipt", request.key, "p1")
    assert act.acted_by.role == "duty_officer"
    assert act.acted_by.authentication == Authentication.AUTHENTICATION_CERTIFICATE
    assert act.acted_by.credential_sha256.hex() == OFFICER.credential
    assert not act.HasField("approved_by")
    assert draft.acknowledgement.post == "总值班室"
    assert done.messages[0]["message_id"] == draft.header.message_id
    assert room.said() == [("asked", "p1"), ("sent", "p1")]


@pytest.mark.parametrize("restarts", [False, True])
def test_the_same_key_never_acts_twice(room: Room, restarts: bool) -> None:
    request = room.request()
    first = room.do(request)
    if restarts:
        room.restart()
    room.world.take(
        report(2)
    )  # the page is stale by now, and the answer is the first one all the same
    assert room.do(request) == first
    assert (room.gateway.calls, len(room.gateway.taken), room.act.made) == (1, 1, 1)


def test_two_clicks_at_once_act_once(room: Room) -> None:
    request = room.request()

    async def both() -> list[Outcome]:
        return await asyncio.gather(*(room.engine.act(OFFICER, request) for _ in range(5)))

    assert {one.state for one in asyncio.run(both())} == {State.SENT}
    assert (room.gateway.calls, len(room.gateway.taken)) == (1, 1)


def test_a_key_stands_for_one_request_of_one_person(room: Room) -> None:
    request = room.request()
    room.do(request)
    others = [replace(request, fields={"post": "别处", "kind": "read"}), replace(request, seen={})]
    for other in others:
        with pytest.raises(KeyReused):
            room.do(other)
    with pytest.raises(KeyReused):
        room.do(request, APPROVER)
    assert len(room.gateway.taken) == 1


@pytest.mark.parametrize("down", ["before", "after"])
@pytest.mark.parametrize("restarts", [False, True])
def test_what_the_gateway_did_not_answer_is_said_and_sent_again_as_the_same(
    room: Room, down: str, restarts: bool
) -> None:
    request, room.gateway.down = room.request(), down
    told = room.do(request)
    assert (told.state, told.status) == (State.SENDING, 503)
    assert "10.0.0.1" not in told.text.en
    room.gateway.down = ""
    room.world.now_ms += 5000
    if restarts:
        room.restart()
    assert room.do(request).state == State.SENT
    assert (len(room.gateway.taken), room.act.made) == (1, 1)
    assert [what for what, _ in room.said()] == ["asked", "unsent", "sent"]


def test_a_gateway_that_is_busy_is_not_a_refusal(room: Room) -> None:
    request, room.gateway.refuses = room.request(), Unavailable("the disk is full: make room")
    told = room.do(request)
    assert told.state == State.SENDING
    assert "the disk is full" in told.text.zh
    room.gateway.refuses = None
    assert room.do(request).state == State.SENT


def test_what_is_not_known_to_be_sent_is_given_up_after_a_day(room: Room) -> None:
    request, room.gateway.down = room.request(), "before"
    room.do(request)
    room.gateway.down = ""
    room.world.now_ms += GIVEN_UP_MS
    assert room.do(request).state == State.LAPSED
    assert room.gateway.taken == {}


def test_what_the_gateway_refuses_is_told_with_its_remedy(room: Room) -> None:
    room.gateway.refuses = ContractViolated("acknowledgement.post: too long: shorten it")
    request = room.request()
    told = room.do(request)
    assert (told.state, told.status) == (State.REFUSED, 422)
    assert told.messages[0]["why"] == "acknowledgement.post: too long: shorten it"
    room.gateway.refuses = None
    assert room.do(request).state == State.REFUSED, "that key is used up"


def test_a_stale_page_is_refused_with_what_changed(room: Room) -> None:
    request = room.request()
    newer = report(2)
    room.world.take(newer)
    with pytest.raises(Stale) as refused:
        room.do(request)
    ids = [m.header.message_id for m in (room.message, newer)]
    assert refused.value.changed == [
        {"what": "310000 310000/r/1", "was": f"1 {ids[0]}", "now": f"2 {ids[1]}"}
    ]
    assert refused.value.key != request.key
    assert room.gateway.calls == 0
    again = replace(request, key=refused.value.key, seen=refused.value.form.seen)
    assert room.do(again).state == State.SENT


Change = Callable[[Request], Request]


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (lambda r: replace(r, act="order"), Nothing, "there is no act 'order'"),
        (lambda r: replace(r, about="scope:actual:"), Nothing, "there is no act 'receipt' on"),
        (lambda r: replace(r, about="person:x"), Cannot, "nothing is done on 'person'"),
        (lambda r: replace(r, about="message:actual:x"), Cannot, "no such message"),
        (lambda r: replace(r, key="click"), Malformed, "key: not one of a form"),
        (lambda r: replace(r, fields={"post": ""}), WrongFields, "post: fill this in"),
        (lambda r: replace(r, fields={"post": "x" * 21}), WrongFields, "at most 20"),
        (lambda r: replace(r, fields={"post": "a\x00b"}), WrongFields, "can't be shown"),
        (lambda r: replace(r, fields={"post": "a", "kind": "no"}), WrongFields, "one of those"),
        (lambda r: replace(r, fields={"post": "nowhere"}), WrongFields, "no such post"),
        (lambda r: replace(r, fields={"post": "a", "to": "b"}), Malformed, "has no 'to'"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(
    room: Room, change: Change, kind: type[Refused], words: str
) -> None:
    with pytest.raises(kind, match=words):
        room.do(change(room.request()))
    assert room.gateway.calls == 0
    assert room.said() == []


def test_who_lacks_the_role_sees_why_and_does_nothing(room: Room) -> None:
    viewer = person("p9", Role.VIEWER)
    (offer,) = room.engine.offered(viewer, room.about)
    assert "you (p9) lack the role" in str(offer.refused)
    for call in (lambda: room.request(viewer), lambda: room.do(room.request(), viewer)):
        with pytest.raises(NoRole, match="takes the role duty officer or approver"):
            call()
    assert room.gateway.calls == 0


def test_what_can_be_done_on_a_thing_is_offered(room: Room) -> None:
    assert [o.refused for o in room.engine.offered(OFFICER, room.about)] == [None]
    (offer,) = room.engine.offered(OFFICER, "message:actual:x")
    assert isinstance(offer.refused, Cannot)
    assert room.engine.offered(OFFICER, "scope:actual:") == []


@pytest.mark.parametrize(
    "changes", [{"act": Receipt(two_persons=True)}, {"always": ("receipt",)}], ids=["act", "page"]
)
def test_two_persons_send_what_one_may_not(tmp_path: Path, changes: dict[str, Any]) -> None:
    with opened(tmp_path, **changes) as room:
        form, _ = room.engine.form(OFFICER, "receipt", room.about)
        assert form.two_persons
        request = room.request()
        told = room.do(request)
        assert (told.state, told.status, room.gateway.calls) == (State.WAITING, 202, 0)
        assert room.do(request).state == State.WAITING
        (waiting,) = asyncio.run(room.engine.approvals.waiting())
        assert [f.value for f in waiting.form.fields] == ["总值班室", "read"]
        assert waiting.lapses_ms == NOW_MS + WAIT_MS
        room.restart()
        done = room.answer(request.key)
        assert (done.state, done.acted_by, done.approved_by) == (State.SENT, "p1", "p2")
        (draft,) = room.gateway.taken.values()
        act = draft.header.act
        assert (act.acted_by.person_id, act.approved_by.person_id) == ("p1", "p2")
        assert (act.acted_by.role, act.approved_by.role) == ("duty_officer", "approver")
        assert room.do(request) == room.answer(request.key) == done
        assert asyncio.run(room.engine.approvals.waiting()) == []
        assert room.said() == [("asked", "p1"), ("approved", "p2"), ("sent", "p2")]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path, always=("receipt",)) as found:
        yield found


def test_who_asked_may_not_approve_nor_who_is_no_approver(two: Room) -> None:
    both = person("p1", Role.DUTY_OFFICER, Role.APPROVER)
    request = two.request(both)
    two.do(request, both)
    with pytest.raises(Cannot, match="who asked for it may not confirm it"):
        two.answer(request.key, both)
    with pytest.raises(NoRole, match="it takes the role approver"):
        two.answer(request.key, person("p3"))
    assert two.gateway.calls == 0


def test_a_second_person_may_say_no(two: Room) -> None:
    request = two.request()
    two.do(request)
    told = two.answer(request.key, yes=False, note="岗位有误")
    assert (told.state, told.approved_by) == (State.DECLINED, "")
    assert "岗位有误" in told.text.zh
    assert two.answer(request.key).state == State.DECLINED
    assert two.answer(request.key, person("p4", Role.APPROVER)).state == State.DECLINED
    assert (two.do(request).state, two.gateway.calls) == (State.DECLINED, 0)


def test_what_nobody_answers_lapses(two: Room) -> None:
    request = two.request()
    two.do(request)
    two.world.now_ms += WAIT_MS
    assert asyncio.run(two.engine.approvals.waiting()) == []
    assert two.answer(request.key).state == State.LAPSED
    assert two.gateway.calls == 0
    assert two.said() == [("asked", "p1"), ("lapsed", "")]


def test_what_changed_meanwhile_is_not_approved(two: Room) -> None:
    request = two.request()
    two.do(request)
    two.world.take(report(2))
    with pytest.raises(Stale):
        two.answer(request.key)
    assert two.gateway.calls == 0
    assert two.answer(request.key, yes=False).state == State.DECLINED


def test_an_approval_whose_gateway_is_away_is_sent_again_by_either(two: Room) -> None:
    request = two.request()
    two.do(request)
    two.gateway.down = "after"
    assert two.answer(request.key).state == State.SENDING
    two.gateway.down = ""
    two.restart()
    assert two.do(request).state == State.SENT
    assert two.answer(request.key).state == State.SENT
    assert len(two.gateway.taken) == 1


def test_an_act_of_another_release_hides_nothing_else_that_waits(two: Room) -> None:
    first, second = two.request(), two.request()
    two.do(first)
    two.do(second)
    (kept,) = [asked for asked in two.journal.open() if asked.key == first.key]
    two.journal.change(replace(kept, act="gone"), "asked", "p1", NOW_MS)
    (waiting,) = asyncio.run(two.engine.approvals.waiting())
    assert waiting.asked.key == second.key
    with pytest.raises(Nothing, match="no act 'gone'"):
        two.answer(first.key)


def test_nothing_waits_under_a_key_that_nobody_used(two: Room) -> None:
    with pytest.raises(Nothing):
        two.answer(message_ids.new(NOW_MS))


def test_what_is_done_leaves_no_typed_text_in_the_journal(two: Room, tmp_path: Path) -> None:
    requests = [two.request(post=post) for post in ("已发出的岗位", "被否决的岗位", "还在等的岗位")]
    for request in requests:
        two.do(request)
    two.answer(requests[0].key)
    two.answer(requests[1].key, yes=False)
    there = b"".join(path.read_bytes() for path in tmp_path.glob("acts.db*"))
    assert "还在等的岗位".encode() in there
    assert "已发出的岗位".encode() not in there
    assert "被否决的岗位".encode() not in there


def test_a_journal_that_fails_is_said(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise JournalError("disk full")

    request = room.request()
    monkeypatch.setattr(room.journal, "begin", full)
    with pytest.raises(NotNow, match="never sent twice"):
        room.do(request)
    assert room.gateway.calls == 0
