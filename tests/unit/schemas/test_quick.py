"""The quick proof says "surely valid" of nothing that those who judge refuse.

They are protovalidate, the code tables, the range of times, the sums. Where a draft is not proved they
say what is wrong, so the violations must be the same with the proof and without.
"""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from schemas import rules
from schemas.catalog import BODY_FIELDS, body_of
from schemas.quick import surely_valid
from schemas.quick.cel import Unread, parse
from schemas.quick.patterns import Constants
from schemas.quick.proof import make
from schemas.samples.reading import Sample, invalid_samples, valid_samples
from tests.support.arbitrary import messages
from tests.support.disturbing import disturb
from yrd.exchange.v1.message_pb2 import Draft, Header

DRAFT: Any = Draft.DESCRIPTOR
HEADER: Any = Header.DESCRIPTOR
TYPES = {name: field.message_type for name, field in BODY_FIELDS.items()} | {"header": HEADER}
VALID = valid_samples()
AFTER_ALL = datetime(9999, 12, 31, tzinfo=UTC)
TURNS = 40


def broken(draft: Draft) -> list[rules.Violation]:
    """What is wrong by all rules but the clock's."""
    return rules.violations(draft, AFTER_ALL, 0)


def judged(draft: Draft, right: Any = None) -> list[rules.Violation]:
    """The same, without any quick proof but that of a part, if there is one, known to be right."""
    spared = None if right is None else right.DESCRIPTOR
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "surely_valid", lambda message: message.DESCRIPTOR is spared)
        return broken(draft)


def proved(draft: Draft) -> bool:
    return all(map(surely_valid, parts(draft)))


def parts(draft: Draft) -> list[Any]:
    return [part for part in (draft.header, body_of(draft)) if part is not None]


@pytest.mark.parametrize("descriptor", TYPES.values(), ids=TYPES)
def test_every_rule_of_the_contract_is_read(descriptor: Any) -> None:
    make(descriptor)  # raises Unread otherwise: right messages would be slow, never wrong


@pytest.mark.parametrize("sample", VALID, ids=[f"{s.type}/{s.name}" for s in VALID])
def test_valid_samples_are_proved(sample: Sample) -> None:
    assert proved(sample.draft)
    assert not judged(sample.draft)


@pytest.mark.parametrize("sample", invalid_samples(), ids=lambda s: f"{s.type}/{s.name}")
def test_a_sample_that_is_refused_is_judged_the_same(sample: Sample) -> None:
    assert broken(sample.draft) == judged(sample.draft)


def disturbed(sample: Sample) -> Iterator[tuple[Draft, Any]]:
    """Drafts with one part disturbed, and the other part."""
    chance = random.Random(f"{sample.type}/{sample.name}")
    for number in range(2 * TURNS):
        made = Draft()
        made.CopyFrom(sample.draft)
        part, other = parts(made)[:: 1 if number % 2 else -1]
        for _ in range(chance.choice([1, 1, 2, 3])):
            disturb(part, chance)
        yield made, other


def test_a_disturbed_sample_is_proved_where_it_is_right_and_only_there() -> None:
    verdicts: Counter[tuple[bool, bool]] = Counter()
    for sample in VALID:
        for made, right in disturbed(sample):
            found = judged(made, right)
            quickly = proved(made)
            assert not (quickly and found), f"{sample.type}/{sample.name}:\n{made}"
            verdicts[quickly, not found] += 1
    assert verdicts[True, True] > 1000
    assert verdicts[False, False] > 1000
    assert verdicts[False, True] == 0  # whatever is right can be proved


@pytest.mark.parametrize("descriptor", TYPES.values(), ids=TYPES)
def test_arbitrary_messages_are_judged_so_too(descriptor: Any) -> None:
    whole = next(s for s in VALID if descriptor in (HEADER, parts(s.draft)[1].DESCRIPTOR))

    @settings(max_examples=20, deadline=None)
    @given(messages(descriptor))
    def compared(message: Any) -> None:
        made = Draft()
        made.CopyFrom(whole.draft)
        part = parts(made)[descriptor != HEADER]
        part.CopyFrom(message)
        assert broken(made) == judged(made)

    compared()


@pytest.mark.parametrize(
    "text",
    [
        "this.a.b(",
        "this ? 1",
        "this.a @ 1",
        "[1, 2",
        "'a\\'b'",
        "this..a",
        "1 2",
        "",
        "this.a in",
        "this.map(1, 2)",
        "this.a[1",
    ],
)
def test_an_expression_that_is_not_read_is_refused(text: str) -> None:
    with pytest.raises(Unread):
        parse(text)


@pytest.mark.parametrize(
    "pattern", ["a", "^a", "a$", "^a.b$", "^(?i)a$", "^\\w$", "^a$b$", "^\\p{L}$"]
)
def test_a_pattern_that_could_mean_something_else_in_python_is_refused(pattern: str) -> None:
    with pytest.raises(Unread):
        Constants().pattern(pattern)


READY = """
from schemas import rules
from schemas.codes import lookup
from schemas.quick import proof
from schemas.samples.reading import valid_samples

def made():
    kept = proof.proof_of, proof.make, lookup._tables
    return [each.cache_info().misses for each in kept]

drafts = [sample.draft for sample in valid_samples()]
rules.get_ready()
before = made()
for draft in drafts:
    rules.violations_received(draft, frozenset())
assert min(before) > 0 and made() == before, (before, made())
"""


def test_who_got_ready_makes_nothing_at_the_first_messages() -> None:
    """At 1,000 messages a second the first of them were delivered 0.4 s late, and all behind them."""
    subprocess.run([sys.executable, "-c", READY], check=True, timeout=120)
