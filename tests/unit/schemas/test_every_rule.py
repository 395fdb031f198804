"""Each rule of the contract is broken by itself, and then it and nothing else is reported."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.catalog import BODY_FIELDS
from schemas.rules import violations
from schemas.samples.reading import Sample, invalid_samples, valid_samples
from tests.support.every_rule import Rule, cel_within, places_of, rules_within
from yrd.exchange.v1.message_pb2 import Draft

LATE = datetime(2999, 1, 1, tzinfo=UTC)
DRAFT: Any = Draft.DESCRIPTOR
RULES = rules_within(DRAFT)
SAMPLES = sorted(valid_samples(), key=lambda s: (s.name != "full", s.type, s.name))


SPEAKS = "whoever speaks must be one of the two parties, and this name is neither"
NOT_ALONE: dict[str, tuple[str, str]] = {
    "yrd.aid.v1.AidExtension.author string.pattern": ("aid_extension.author", SPEAKS),
    "yrd.aid.v1.AidSettlement.author string.pattern": ("aid_settlement.author", SPEAKS),
    "yrd.hazmat.v1.BorderHandover.author string.pattern": ("handover.author", SPEAKS),
    "yrd.coordination.v1.EnforcementNotice.author string.pattern": ("enforcement.author", SPEAKS),
    "yrd.coordination.v1.Objection.author string.pattern": ("objection.author", SPEAKS),
    "yrd.resource.v1.Stock.total double.gte": (
        "stock.balance",
        "what is there is less than nothing",
    ),
    "yrd.resource.v1.Stock.available double.finite": ("stock.balance", "no total holds so much"),
    "yrd.resource.v1.Stock.committed double.finite": ("stock.balance", "no total holds so much"),
    "yrd.warning.v1.WindRadius.minimum_km double.gte_lte": (
        "wind_radius.order",
        "the largest radius has the same bound",
    ),
    "yrd.governance.v1.AgreementActivation.between repeated.max_items": (
        "string.pattern",
        "there are five participants, so a sixth is none",
    ),
    "yrd.situation.v1.IncidentDecision.others repeated.max_items": (
        "incident_decision.others_unique",
        "the list is made longer by repeating what is in it",
    ),
    "yrd.warning.v1.EarlyWarning.texts repeated.max_items": (
        "warning.texts_unique",
        "the list is made longer by repeating what is in it",
    ),
    "yrd.aid.v1.CostLine.amount_fen int64.gte_lte": ("sum_of", "the total has the same bound"),
}
"""Rules that can't be broken without a second one, and why."""


def breaches(rule: Rule) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Where the rule is broken and all that is found, for every place in the valid samples."""
    for sample in SAMPLES:
        made = Draft()
        made.CopyFrom(sample.draft)
        for path, message in places_of(made, rule.owner):
            field = message.DESCRIPTOR.fields_by_name[rule.field]
            if field.is_repeated and not getattr(message, rule.field):
                continue
            before = type(message)()
            before.CopyFrom(message)
            where = f"{path}.{rule.field}".lstrip(".") + rule.spoil(message)
            found = violations(made, LATE)
            assert all(v.message for v in found)
            yield where, [(v.field, v.rule) for v in found]
            message.CopyFrom(before)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_that_is_broken_is_reported_by_itself(rule: Rule) -> None:
    companion, _ = NOT_ALONE.get(str(rule), ("", ""))
    closest: list[tuple[str, str]] = []
    for where, found in breaches(rule):
        assert (where, rule.id) in found, f"not noticed at {where}"
        others = [id_ for at, id_ in found if (at, id_) != (where, rule.id)]
        if others == [companion] * bool(companion):
            return
        closest = found
    pytest.fail(f"never alone in a valid sample; at last with {closest}")


def test_each_rule_between_fields_is_broken_by_a_sample() -> None:
    broken = {breach.rule for sample in invalid_samples() for breach in sample.violates}
    assert cel_within(DRAFT) <= broken


def test_each_type_has_at_least_three_valid_and_three_invalid_samples() -> None:
    def count(samples: list[Sample]) -> dict[str, int]:
        names = [sample.type for sample in samples]
        return {name: names.count(name) for name in BODY_FIELDS}

    for found in (count(list(valid_samples())), count(list(invalid_samples()))):
        assert {name: n for name, n in found.items() if n < 3} == {}
