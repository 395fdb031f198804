"""How long a clause lets its receiver keep a group: from the day of sealing, the longest of several."""

import itertools
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
import yaml

from gateway.log.sealing import prepare, seal, stamp
from gateway.retention.clauses import Kept, has_terms, kept
from gateway.retention.terms import Span, agreed
from gateway.sharing.agreement import Agreement, parse
from gateway.sharing.decide import Timeline
from schemas import message_ids
from schemas.instants import BEIJING
from tests.support.agreed import activation
from tests.support.builders import draft
from yrd.exchange.v1.message_pb2 import Leaf

GIVER, HOLDER, OTHER = "310000", "320000", "330000"
CONTACT = "personal.contact"
REPORT = "yrd.incident.v1.IncidentReport"
PLACE = 5


def us(text: str) -> int:
    """An instant in Beijing."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BEIJING).timestamp() * 1e6)


SEALED_US = us("2026-03-05T23:59")


def clause(name: str, retention: object = None, **changes: Any) -> dict[str, Any]:
    made = {"id": name, "types": [REPORT], "to": [HOLDER], "disclose": [CONTACT]}
    return made | ({"retention": retention} if retention is not None else {}) | changes


def agreement(
    *clauses: dict[str, Any], name: str = "a", until: date = date(2026, 12, 31)
) -> Agreement:
    content = {
        "id": name,
        "title": "t",
        "between": [GIVER, HOLDER, OTHER],
        "legal_basis": "l",
        "purpose": "p",
        "valid_from": date(2026, 1, 1),
        "valid_until": until,
        "clauses": list(clauses),
    }
    return parse(yaml.safe_dump(content), f"{name}.yaml")


def ident(index: int) -> str:
    """The message_id of the activation at an index."""
    return f"01890a5d-ac96-774b-bcce-b302099a{index:04x}"


def force(*steps: Agreement | str) -> Timeline:
    made = [activation(at, step) for at, step in enumerate(steps)]
    return Timeline(GIVER, [replace(one, message_id=ident(one.index)) for one in made])


def leaf() -> bytes:
    prepared = prepare(draft(), itertools.repeat(b"s" * 16))
    return seal(prepared, stamp(GIVER, "console", PLACE, SEALED_US)).leaf


def judged(*steps: Agreement | str, index: int = PLACE, group: str = CONTACT) -> Kept | None:
    return kept(force(*steps), index, leaf(), group, HOLDER)


def until(name: str, text: str, index: int = 0) -> Kept:
    return Kept(name, message_ids.as_bytes(ident(index)), us(text))


def test_a_term_runs_from_the_day_of_sealing_to_the_end_of_its_last_day() -> None:
    assert judged(agreement(clause("c", 30))) == until("a/c", "2026-04-05T00:00")
    assert judged(agreement(clause("c", "P6M"))) == until("a/c", "2026-09-06T00:00")


def test_of_several_clauses_the_longest_decides() -> None:
    both = agreement(clause("short", "P1M"), clause("long", "P40D"))
    assert judged(both) == until("a/long", "2026-04-15T00:00")
    two = agreement(clause("c", "P1M")), agreement(clause("d", "P1Y"), name="b")
    assert judged(*two) == until("b/d", "2027-03-06T00:00", index=1)


KEPT_WITHOUT_END = {
    "one clause has no term": [agreement(clause("c", "P1M"), clause("d"))],
    "no clause has a term": [agreement(clause("c"))],
    "no clause gives it to us": [agreement(clause("c", "P1M", to=[OTHER]))],
    "no clause gives that group": [agreement(clause("c", "P1M", disclose=[]))],
    "the condition does not hold": [agreement(clause("c", "P1M", when="header.revision > 7u"))],
    "the agreement was over": [agreement(clause("c", "P1M"), until=date(2026, 3, 4))],
    "the agreement was withdrawn before": [agreement(clause("c", "P1M")), "a"],
    "there is no agreement": [],
}


@pytest.mark.parametrize("steps", KEPT_WITHOUT_END.values(), ids=KEPT_WITHOUT_END)
def test_without_a_clause_whose_term_ends_it_is_kept(steps: list[Agreement | str]) -> None:
    assert judged(*steps) is None


def test_a_condition_chooses_the_clauses_that_count() -> None:
    made = agreement(clause("c", "P1M"), clause("d", "P1Y", when="header.revision > 7u"))
    assert judged(made) == until("a/c", "2026-04-06T00:00")


def test_the_version_in_front_of_the_entry_decides_whatever_came_since() -> None:
    versions = agreement(clause("c", "P1M")), agreement(clause("c", "P1Y")), "a"
    first = judged(*versions, index=1)
    assert first == until("a/c", "2026-04-06T00:00")
    assert judged(*versions, index=2) == until("a/c", "2027-03-06T00:00", index=1)


def test_an_agreement_between_the_two_that_can_not_be_read_ends_nothing() -> None:
    """Nobody can say that it gives no longer."""
    known = force(agreement(clause("c", "P1M"))).activations
    unread = replace(known[0], index=1, agreement_id="b", agreement=None, problem="no YAML")
    judge = (PLACE, leaf(), CONTACT, HOLDER)
    assert kept(Timeline(GIVER, [*known, unread]), *judge) is None
    others = replace(unread, between=(GIVER, OTHER))
    assert kept(Timeline(GIVER, [*known, others]), *judge) is not None


def test_what_no_one_can_decide_on_is_kept() -> None:
    timeline = force(agreement(clause("c", "P1M")))
    without_time = Leaf.FromString(leaf())
    without_time.stamp.sealed_time.seconds = 10**15
    for bad in (b"\xff", without_time.SerializeToString()):
        assert kept(timeline, PLACE, bad, CONTACT, HOLDER) is None
    nameless = Timeline(GIVER, [replace(timeline.activations[0], message_id="x")])
    assert kept(nameless, PLACE, leaf(), CONTACT, HOLDER) is None


@pytest.mark.parametrize(("steps", "found"), [((clause("c"),), False), ((clause("c", 1),), True)])
def test_whether_there_is_any_term(steps: tuple[dict[str, Any], ...], found: bool) -> None:
    assert has_terms(force(agreement(*steps), "a")) is found


AGREED: list[tuple[str | int, Span]] = [
    (30, Span(0, 30)),
    ("P30D", Span(0, 30)),
    ("P2W", Span(0, 14)),
    ("P1Y6M", Span(18, 0)),
    ("P1Y1M1W1D", Span(13, 8)),
    ("P0D", Span(0, 0)),
    (10**9, Span(0, 400_000)),
    ("P9999Y", Span(12_000, 0)),
    (f"P{'9' * 5000}M", Span(12_000, 0)),
    (f"P{'0' * 5000}7D", Span(0, 7)),
]


@pytest.mark.parametrize(("retention", "span"), AGREED)
def test_a_retention_as_agreements_say_it(retention: str | int, span: Span) -> None:
    assert agreed(retention) == span
    assert span.over_us(SEALED_US) > SEALED_US


def test_months_come_before_days() -> None:
    assert Span(1, 2).last_day(date(2026, 1, 31)) == date(2026, 3, 2)


def test_what_is_no_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="no duration of ISO 8601, such as P6M"):
        agreed("PT5M")
