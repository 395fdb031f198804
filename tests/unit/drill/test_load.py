"""The load of tests and benchmarks: the same for the same seed, in the contract, with its shares."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from integration.drill.load import generate
from schemas.authority import foreign_claims
from schemas.catalog import body_of
from schemas.rules import violations
from yrd.exchange.v1.message_pb2 import Draft

PROVINCES = ("310000", "320000", "330000", "340000")
START = datetime(2026, 6, 1, tzinfo=UTC)
NOW = START + timedelta(days=2)


def load(
    participant: str = "310000", count: int = 300, seed: int = 1, size: int = 0
) -> list[Draft]:
    return list(generate(participant, count, seed, START, size))


@pytest.mark.parametrize("participant", PROVINCES)
def test_the_same_seed_makes_the_same(participant: str) -> None:
    assert load(participant) == load(participant)


def test_another_seed_or_participant_makes_other_messages() -> None:
    made = [load(), load(seed=2), load("320000")]
    ids = [draft.header.message_id for drafts in made for draft in drafts]
    assert len(set(ids)) == len(ids)


def test_a_longer_load_begins_like_a_shorter_one() -> None:
    assert list(islice(generate("310000", 10**9, 1, START), 300)) == load()


@pytest.mark.parametrize("size", [0, 1024])
@pytest.mark.parametrize("participant", PROVINCES)
def test_all_may_be_published(participant: str, size: int) -> None:
    for draft in load(participant, size=size):
        body = body_of(draft)
        assert body is not None
        assert violations(draft, NOW) == []
        assert foreign_claims(body, participant) == []


@pytest.mark.parametrize("participant", PROVINCES)
def test_revisions_of_an_entity_rise(participant: str) -> None:
    """As a gateway wants them."""
    newest: dict[tuple[str | None, str], int] = {}
    for draft in load(participant, 3000):
        key = (draft.WhichOneof("body"), draft.header.entity_id)
        assert draft.header.revision == newest.get(key, 0) + 1
        newest[key] = draft.header.revision
    assert max(newest.values()) > 3  # trips are told by several movements


def test_one_a_second() -> None:
    times = [draft.header.reported_time.ToDatetime(UTC) for draft in load(count=5)]
    assert times == [START + timedelta(seconds=number) for number in range(5)]


def test_sizes_are_about_as_asked() -> None:
    """As far as a place's address can be filled."""
    sizes = [draft.ByteSize() for draft in load(size=700)]
    assert all(abs(size - 700) <= 25 for size in sizes)


def test_shares_of_types() -> None:
    counts = Counter(draft.WhichOneof("body") for draft in load(count=5000))
    due = {
        "vehicle_movement": 0.72,
        "waybill": 0.12,
        "resource_status": 0.1,
        "incident_report": 0.06,
    }
    assert set(counts) == set(due)
    for body, share in due.items():
        assert counts[body] / 5000 == pytest.approx(share, abs=0.02)


def test_shares_of_goods_and_destinations() -> None:
    """Shanghai 2019: class 3 46.4 %, class 2 25.2 %; more than 70 % stays within the city."""
    waybills = [d.waybill for d in load(count=20_000) if d.HasField("waybill")]
    assert len(waybills) > 2000
    classes = Counter(waybill.goods[0].division[0] for waybill in waybills)
    assert classes["3"] / len(waybills) == pytest.approx(0.464, abs=0.04)
    assert classes["2"] / len(waybills) == pytest.approx(0.252, abs=0.04)
    to = Counter(waybill.destination.admin_code[:2] for waybill in waybills)
    assert to["31"] / len(waybills) == pytest.approx(0.7, abs=0.04)
    assert to["32"] > to["33"] > to["34"] > 0
