"""The native step calls nothing surely right that Checker refuses, and makes the same of it as Checker."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from gateway.config import Client, Limits
from gateway.errors import GatewayError
from gateway.exchange import native_check
from gateway.exchange.access import Access, Caller
from gateway.exchange.check_plan import check_plan
from gateway.exchange.checking import CheckedDraft, Checker
from gateway.exchange.native_check import NativeChecker, native_checker
from integration.drill.load import generate
from schemas.catalog import BODY_FIELDS, PUBLISHABLE
from schemas.samples.reading import PARTICIPANTS, Sample, invalid_samples, valid_samples
from tests.support.arbitrary import messages
from tests.support.builders import NOW, draft, incident_body
from tests.support.disturbing import damaged, disturb
from tests.support.native_steps import native_steps
from yrd.exchange.v1.message_pb2 import Draft

LIMITS = Limits()  # type: ignore[call-arg]  # all has defaults
CLIENTS = (Client(system="*", roles=frozenset({"publisher"})),)
SALTS = [bytes([number]) * 16 for number in range(3)]
VALID = [s for s in valid_samples() if s.type in PUBLISHABLE]
UNSURE = {"yrd.situation.v1.IncidentDecision"}  # a rule of it joins texts
AFTER_ALL = datetime(9000, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def same_salts() -> Any:
    """Both take these salts for each draft."""
    native_steps()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native_check, "urandom", lambda size: b"".join(SALTS) * (size // 48))
        yield


def both(
    participant: str, data: Sequence[bytes], now: datetime = AFTER_ALL, limits: Limits = LIMITS
) -> list[tuple[CheckedDraft | None, CheckedDraft | GatewayError]]:
    """What the native step says, and what Checker says, of each draft."""
    access, caller = Access(participant, CLIENTS, ()), Caller(participant, "console")
    checker, native = (
        Checker(participant, access, limits),
        native_checker(participant, access, limits),
    )
    assert isinstance(native, NativeChecker)
    found = native.check_all(caller, data, now)
    asked = [checker.check_all(caller, [each], now, iter(SALTS))[0] for each in data]
    return list(zip(found, asked, strict=True))


def agreed(participant: str, data: Sequence[bytes], **more: Any) -> Counter[tuple[bool, bool]]:
    """How often each of (surely right, right) was said; none of the first without the second."""
    verdicts: Counter[tuple[bool, bool]] = Counter()
    for found, asked in both(participant, data, **more):
        assert found is None or found == asked
        verdicts[found is not None, isinstance(asked, CheckedDraft)] += 1
    return verdicts


def written(made: Draft) -> bytes:
    return made.SerializeToString(deterministic=True)


def test_the_plan_has_every_type() -> None:
    plan = json.loads(check_plan())
    assert {body["name"] for body in plan["bodies"]} == set(BODY_FIELDS)


@pytest.mark.parametrize("sample", VALID, ids=[f"{s.type}/{s.name}" for s in VALID])
def test_valid_samples_are_surely_right(sample: Sample) -> None:
    ((found, asked),) = both(sample.participant, [written(sample.draft)])
    if sample.draft.header.HasField("act"):
        assert found is None  # whether the system acts for persons is not looked at
    elif found is not None or sample.type not in UNSURE:
        assert found == asked


def test_of_invalid_samples_nothing_is_said() -> None:
    for sample in invalid_samples():
        assert not agreed(sample.participant, [written(sample.draft)])[True, False]


def test_another_participant_may_not_say_it() -> None:
    verdicts: Counter[tuple[bool, bool]] = Counter()
    for participant in sorted(PARTICIPANTS):
        verdicts += agreed(participant, [written(sample.draft) for sample in VALID])
    assert verdicts[False, False] > 100


def test_a_whole_load_is_surely_right() -> None:
    load = [written(made) for made in generate("310000", 500, 1, NOW, 1024)]
    assert agreed("310000", load) == {(True, True): 500}


def test_a_disturbed_sample_is_surely_right_only_where_it_is_right() -> None:
    verdicts: Counter[tuple[bool, bool]] = Counter()
    chance = random.Random(20)
    for sample in VALID:
        batch = []
        for turn in range(40):
            made = Draft.FromString(written(sample.draft))
            part: Any = (
                made.header if turn % 4 == 0 else getattr(made, str(made.WhichOneof("body")))
            )
            for _ in range(chance.choice([1, 1, 2, 3])):
                disturb(part, chance)
            batch.append(written(made))
        found = agreed(sample.participant, batch)
        if sample.type not in UNSURE:
            assert found[False, True] < 20, sample.id
        verdicts += found
    assert verdicts[True, True] > 1000
    assert verdicts[False, False] > 1000


def test_damaged_bytes_are_surely_right_only_where_they_are_right() -> None:
    chance, verdicts = random.Random(21), Counter[tuple[bool, bool]]()
    for sample in VALID:
        data = written(sample.draft)
        verdicts += agreed(sample.participant, [damaged(data, chance) for _ in range(40)])
    assert verdicts[True, True] > 100
    assert verdicts[False, False] > 1000


@pytest.mark.parametrize("name", PUBLISHABLE)
def test_arbitrary_bodies_are_judged_so_too(name: str) -> None:
    sample = next(s for s in VALID if s.type == name)

    @settings(max_examples=20, deadline=None)
    @given(messages(BODY_FIELDS[name].message_type))
    def compared(body: Any) -> None:
        made = Draft.FromString(written(sample.draft))
        getattr(made, BODY_FIELDS[name].name).CopyFrom(body)
        agreed(sample.participant, [written(made)])

    compared()


def test_what_is_not_written_in_the_usual_form_is_left_to_the_checker() -> None:
    data = written(draft())
    header_size = data[1] if data[1] < 128 else None
    assert header_size is not None or data[2] < 128
    more = b"\x88\x7d\x01"  # a field that nobody knows
    body_first = data[-1:] + data[:-1]
    for other in (data + more, data + data, body_first, data[:-1], b"", more):
        assert both("310000", [other])[0][0] is None


def test_a_draft_from_the_future_or_over_the_limit_is_left_to_the_checker() -> None:
    data = written(draft())
    before = NOW - timedelta(days=400)
    assert both("310000", [data], before)[0][0] is None
    small = LIMITS.model_copy(update={"max_draft_bytes": len(data) - 1})
    assert both("310000", [data], limits=small)[0][0] is None
    exact = LIMITS.model_copy(update={"max_draft_bytes": len(data)})
    assert agreed("310000", [data], limits=exact) == {(True, True): 1}


def test_a_batch_is_answered_in_its_order() -> None:
    right, wrong = written(draft()), written(draft(incident_body(title="")))
    found = [found is not None for found, _ in both("310000", [right, wrong, b"\xff", right])]
    assert found == [True, False, False, True]


def test_a_system_that_may_not_publish_is_left_to_the_checker() -> None:
    access = Access("310000", (Client(system="*", roles=frozenset({"subscriber"})),), ())
    native = native_checker("310000", access, LIMITS)
    assert native is not None
    assert native.check_all(Caller("310000", "console"), [written(draft())], AFTER_ALL) == [None]


def test_a_plan_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="plan: "):
        native_steps().DraftChecker("{}", "310000", 1024)


def test_without_native_steps_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_check, "native", lambda: None)
    assert native_checker("310000", Access("310000", CLIENTS, ()), LIMITS) is None
