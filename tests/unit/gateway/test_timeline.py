"""What is in force along a log: each entry is decided by what came before it, and by what is now."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gateway.exchange.activating import draft as activation_draft
from gateway.log.sealing import prepare, seal, stamp
from gateway.replication.views import Views
from gateway.sharing.activation import ACTIVATED, TYPE, WITHDRAWN, expected, in_force, read, steps
from gateway.sharing.agreement import Agreement, Loaded, parse
from gateway.sharing.content import Content
from gateway.sharing.days import day_number, day_of
from gateway.sharing.decide import WITHHELD, Kind, Sharing, Timeline
from gateway.store.port import Entry
from schemas.rules import violations
from tests.support.agreed import activation, timeline
from tests.support.bodies import waybill_body
from tests.support.builders import draft
from tests.unit.gateway.test_sharing import agreement
from yrd.exchange.v1.message_pb2 import DISPOSITION_WHOLE, Draft

US, PEER = "310000", "320000"
INCIDENT, WAYBILL = "yrd.incident.v1.IncidentReport", "yrd.hazmat.v1.Waybill"
DAY = date(2026, 6, 1).toordinal()
NOW_US = int(datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp() * 1e6)
CONTACT, DRIVER = "personal.contact", "personal.driver"


def made(*types: str, **changes: Any) -> Agreement:
    clause: dict[str, Any] = {"id": "c", "types": list(types or (INCIDENT,)), "to": [PEER]}
    for name in ("when", "disclose"):
        if name in changes:
            clause[name] = changes.pop(name)
    return parse(agreement([clause], **changes), "a.yaml")


def seen(line: Timeline, index: int, kind: str = INCIDENT, peer: str = PEER) -> bool:
    return line.decide(index, kind, DAY, peer, b"").shared


def test_what_is_newly_given_begins_with_the_next_entry() -> None:
    line = timeline(US, made(INCIDENT), made(WAYBILL, id="b"))
    assert [seen(line, n, WAYBILL) for n in range(4)] == [False, False, True, True]
    assert [seen(line, n, INCIDENT) for n in range(4)] == [False, True, True, True]


def test_what_is_withdrawn_is_no_longer_given_whenever_it_was_sealed() -> None:
    before = timeline(US, made())
    assert seen(before, 5)
    after = before.extended([activation(6, "a")])
    assert [seen(after, n) for n in (5, 6, 7)] == [False] * 3
    again = after.extended([activation(9, made())])
    assert [seen(again, n) for n in (5, 8, 9, 10)] == [True, False, False, True]


def test_a_change_gives_what_both_versions_give() -> None:
    wider = made(disclose=[CONTACT])
    line = timeline(US, made(), wider)
    assert line.decide(1, INCIDENT, DAY, PEER, b"").groups == frozenset()
    assert line.decide(2, INCIDENT, DAY, PEER, b"").groups == {CONTACT}
    narrower = line.extended([activation(5, made())])
    assert narrower.decide(3, INCIDENT, DAY, PEER, b"").groups == frozenset()


def test_a_decision_names_clause_and_activation() -> None:
    line = timeline(US, made(), made(id="b", disclose=[CONTACT]))
    found = line.decide(2, INCIDENT, DAY, PEER, b"")
    assert (found.clauses, found.activations) == (("a/c", "b/c"), ("m0", "m1"))
    one = line.extended([activation(5, "b")]).decide(2, INCIDENT, DAY, PEER, b"")
    assert (one.clauses, one.activations, one.groups) == (("a/c",), ("m0",), frozenset())


@pytest.mark.parametrize(
    ("instant", "valid"),
    [
        ("2025-12-31T15:59:59.999999", False),
        ("2025-12-31T16:00:00", True),
        ("2026-12-31T15:59:59.999999", True),
        ("2026-12-31T16:00:00", False),
    ],
)
def test_agreements_begin_and_end_at_midnight_in_beijing(instant: str, valid: bool) -> None:
    us = (datetime.fromisoformat(instant) - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    line = timeline(US, made())
    assert line.decide(1, INCIDENT, day_number(us), PEER, b"").shared is valid
    assert day_of(us) == (datetime.fromisoformat(instant) + timedelta(hours=8)).date()


def test_until_it_is_sealed_only_what_the_files_still_say_is_given() -> None:
    sealed = timeline(US, made(INCIDENT, WAYBILL))
    loaded = [Loaded(made(INCIDENT), "other text", "a.yaml")]
    line = Timeline(US, sealed.activations, expected(sealed.in_force(), loaded))
    assert (seen(line, 1, INCIDENT), seen(line, 1, WAYBILL)) == (True, False)
    none = Timeline(US, sealed.activations, expected(sealed.in_force(), []))
    assert not seen(none, 1, INCIDENT)


def test_only_what_changed_is_sealed() -> None:
    own = Loaded(made(), "text", "a.yaml")
    foreign = Loaded(made(id="z", between=[PEER, "joint"]), "z", "z.yaml")
    (step,) = steps(US, [own, foreign], {})
    assert (step.step, step.agreement_id, str(step)) == (ACTIVATED, "a", "a activated")
    known = in_force([entry_of(step, 0)])
    assert steps(US, [own, foreign], known) == []
    (changed,) = steps(US, [Loaded(made(), "text ", "a.yaml")], known)
    assert changed.step == ACTIVATED
    (withdrawn,) = steps(US, [foreign], known)
    assert (withdrawn.step, withdrawn.between, withdrawn.text) == (
        WITHDRAWN,
        ("310000", "320000", "joint"),
        "",
    )


def entry_of(step: Any, index: int) -> Any:
    prepared = prepare(activation_draft(US, step, 1, NOW_US), iter([b"s" * 16] * 9))
    sealed = seal(prepared, stamp(US, "gateway", index, NOW_US))
    return read(index, sealed.leaf, [part.data for part in sealed.parts], NOW_US)


def test_an_activation_is_a_lawful_message_and_reads_back() -> None:
    text = agreement([{"id": "c", "types": [INCIDENT], "to": [PEER]}])
    (begun,) = steps(US, [Loaded(parse(text, "a"), text, "a")], {})
    (ended,) = steps(US, [], in_force([entry_of(begun, 0)]))
    for step in (begun, ended):
        message = activation_draft(US, step, 1, NOW_US)
        assert not violations(message, datetime.fromtimestamp(NOW_US / 1e6, UTC), 300)
    assert entry_of(begun, 3).agreement == parse(text, "a")
    assert entry_of(ended, 4).withdrawn


def test_an_activation_whose_text_is_not_here_gives_nothing() -> None:
    text = agreement([{"id": "c", "types": [INCIDENT], "to": [PEER]}])
    (begun,) = steps(US, [Loaded(parse(text, "a"), text, "a")], {})
    prepared = prepare(activation_draft(US, begun, 1, NOW_US), iter([b"s" * 16] * 9))
    sealed = seal(prepared, stamp(US, "gateway", 0, NOW_US))
    found = read(0, sealed.leaf, [], NOW_US)
    assert "not here" in found.problem
    assert not found.withdrawn
    assert not seen(Timeline(US, [found]), 1)


def governance(step_of: Agreement) -> bytes:
    (step,) = steps(US, [Loaded(step_of, "text", "a")], {})
    prepared = prepare(activation_draft(US, step, 1, NOW_US), iter([b"s" * 16] * 9))
    return seal(prepared, stamp(US, "gateway", 0, NOW_US)).leaf


@pytest.mark.parametrize(("peer", "shared"), [(PEER, True), ("joint", True), ("340000", False)])
def test_activations_go_whole_to_their_parties_alone(peer: str, shared: bool) -> None:
    found = timeline(US).decide(0, TYPE, DAY, peer, governance(made()))
    assert found.shared is shared
    assert found.groups == (frozenset({"agreement.text"}) if shared else frozenset())
    assert found.clauses == (("builtin/agreement-to-its-parties",) if shared else ())


def entries(*drafts: Draft) -> list[Entry]:
    found = []
    for index, one in enumerate(drafts):
        prepared = prepare(one, iter([b"s" * 16] * 9))
        sealed = seal(prepared, stamp(US, "console", index, NOW_US))
        kind, whole = prepared.type, DISPOSITION_WHOLE
        made_ = (sealed.hash, sealed.leaf, kind, whole, NOW_US, sealed.parts)
        found.append(Entry(index + 1, f"yrd/{US}", index, *made_))
    return found


def views(line: Timeline, log: list[Entry]) -> Views:
    return Views(Sharing(line), lambda start, stop: log[start:stop])


MIXED = [
    draft(entity=f"{US}/a"),
    draft(entity=f"{US}/b", priority="PRIORITY_LIFE_SAFETY"),
    draft(waybill_body(), "waybill", entity=f"{US}/truck"),
]


def test_peers_who_see_the_same_share_a_view_and_others_do_not() -> None:
    every = {"id": "all", "types": [INCIDENT], "to": [PEER, "joint"]}
    urgent = {
        "id": "urgent",
        "types": [INCIDENT],
        "to": ["340000"],
        "when": 'header.priority == "PRIORITY_LIFE_SAFETY"',
    }
    text = agreement([every, urgent], between=[US, PEER, "340000", "joint"])
    line = Timeline(US, [activation(-1, parse(text, "a"))])
    seen_by = {p: views(line, entries(*MIXED)).of(p, 0, 3) for p in (PEER, "joint", "340000")}
    assert seen_by[PEER].key == seen_by["joint"].key != seen_by["340000"].key
    shared = {p: [groups is not None for groups in view.given] for p, view in seen_by.items()}
    assert shared == {
        PEER: [True, True, False],
        "joint": [True, True, False],
        "340000": [False, True, False],
    }


def test_a_view_follows_activations_within_its_stretch() -> None:
    log = entries(*[draft(entity=f"{US}/{n}") for n in range(4)])
    line = Timeline(US, [activation(1, made())])
    given = views(line, log).of(PEER, 0, 4).given
    assert [groups is not None for groups in given] == [False, False, True, True]


def test_without_conditions_no_content_is_looked_at() -> None:
    line = timeline(US, made())
    answer = line.answer(Kind(1, INCIDENT, DAY), PEER)
    assert answer.fixed is not None
    assert answer.of(Content(b"no leaf at all")).shared
    conditional = timeline(US, made(when="header.revision == 1"))
    assert conditional.answer(Kind(1, INCIDENT, DAY), PEER).fixed is None
    (entry,) = entries(MIXED[0])
    assert conditional.answer(Kind(1, INCIDENT, DAY), PEER).of(Content(entry.leaf or b"")).shared
    assert conditional.answer(Kind(1, WAYBILL, DAY), PEER).fixed == WITHHELD
