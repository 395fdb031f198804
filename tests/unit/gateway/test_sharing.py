"""What agreements give, and what they don't."""

from datetime import date
from typing import Any

import pytest
import yaml

from gateway.log.sealing import SealedPart
from gateway.sharing.agreement import AgreementError, parse
from gateway.sharing.decide import WITHHELD, Decision, sealed_view
from tests.support.agreed import timeline
from yrd.exchange.v1.message_pb2 import SealedEntry

INCIDENT, WAYBILL = "yrd.incident.v1.IncidentReport", "yrd.hazmat.v1.Waybill"
DAY = date(2026, 6, 1)


def agreement(clauses: list[dict[str, Any]], **changes: Any) -> str:
    content = {
        "id": "a",
        "title": "t",
        "between": ["310000", "320000", "joint"],
        "legal_basis": "l",
        "purpose": "p",
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2026, 12, 31),
        "clauses": clauses,
    }
    return yaml.safe_dump(content | changes)


class Given:
    """An agreement in force from the first entry on."""

    def __init__(self, *clauses: dict[str, Any], **changes: Any) -> None:
        self._timeline = timeline("310000", parse(agreement(list(clauses), **changes), "a.yaml"))

    def decide(self, kind: str, peer: str, day: date) -> Decision:
        return self._timeline.decide(1, kind, day.toordinal(), peer, b"")


sharing = Given


def test_nothing_is_given_that_no_clause_names() -> None:
    given = sharing({"id": "c", "types": [INCIDENT], "to": ["320000"]})
    assert given.decide(INCIDENT, "joint", DAY) == WITHHELD
    assert given.decide(WAYBILL, "320000", DAY) == WITHHELD
    assert given.decide(INCIDENT, "320000", DAY).shared


def test_clauses_add_up_and_are_named() -> None:
    given = sharing(
        {"id": "c", "types": ["yrd.incident.*"], "to": ["320000"]},
        {"id": "d", "types": [INCIDENT], "to": ["320000"], "disclose": ["personal.contact"]},
    ).decide(INCIDENT, "320000", DAY)
    assert given.groups == {"personal.contact"}
    assert given.clauses == ("a/c", "a/d")


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_an_agreement_gives_nothing_outside_of_its_time(day: date) -> None:
    given = sharing({"id": "c", "types": [INCIDENT], "to": ["320000"]})
    assert given.decide(INCIDENT, "320000", day) == WITHHELD


def test_a_clause_binds_only_those_who_give() -> None:
    given = sharing({"id": "c", "from": ["320000"], "types": [INCIDENT], "to": ["joint"]})
    assert given.decide(INCIDENT, "joint", DAY) == WITHHELD


def test_what_is_not_given_is_not_in_the_entry() -> None:
    parts = [SealedPart("personal.contact", b"secret"), SealedPart("personal.driver", b"driver")]
    given = sharing(
        {"id": "c", "types": [WAYBILL], "to": ["320000"], "disclose": ["personal.driver"]}
    )
    seen = sealed_view(b"leaf", b"h" * 32, parts, given.decide(WAYBILL, "320000", DAY).given)
    assert b"secret" not in seen
    assert seen == SealedEntry(leaf=b"leaf", disclosures=[b"driver"]).SerializeToString()
    withheld = sealed_view(b"leaf", b"h" * 32, parts, WITHHELD.given)
    assert withheld == SealedEntry(leaf_hash=b"h" * 32).SerializeToString()


@pytest.mark.parametrize(
    ("clause", "changes", "words"),
    [
        ({"id": "c", "types": ["yrd.nothing.*"], "to": ["320000"]}, {}, "names no type"),
        ({"id": "c", "types": [INCIDENT], "to": ["330000"]}, {}, "are not parties"),
        ({"id": "c", "types": [INCIDENT], "to": ["320000"], "disclose": ["x"]}, {}, "no group"),
        ({"id": "c", "types": [INCIDENT], "to": []}, {}, "at least 1"),
        ({"id": "c", "types": [INCIDENT], "to": ["320000"], "if": "x"}, {}, "Extra inputs"),
        (
            {"id": "c", "types": [INCIDENT], "to": ["320000"]},
            {"valid_until": date(2020, 1, 1)},
            "before valid_from",
        ),
    ],
)
def test_a_bad_agreement_is_named(
    clause: dict[str, Any], changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(AgreementError, match=words) as caught:
        parse(agreement([clause], **changes), "a.yaml")
    assert str(caught.value).startswith("a.yaml: ")
