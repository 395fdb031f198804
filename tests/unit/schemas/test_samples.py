"""Every sample is what it says of itself, in protobuf and in JSON."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from schemas.catalog import BODY_FIELDS, body_of
from schemas.json_form import from_json, to_json
from schemas.rules import violations
from schemas.samples.checking import require_order, require_sound
from schemas.samples.reading import Breach, Sample, SampleError, invalid_samples, valid_samples
from schemas.states.steps import SOURCES
from yrd.exchange.v1.message_pb2 import Draft

CLOCK = datetime(2026, 12, 1, tzinfo=UTC)
VALID, INVALID = valid_samples(), invalid_samples()


@pytest.mark.parametrize("sample", VALID, ids=lambda s: s.id)
def test_a_valid_sample_breaks_no_rule(sample: Sample) -> None:
    assert violations(sample.draft, CLOCK) == []


@pytest.mark.parametrize("sample", INVALID, ids=lambda s: s.id)
def test_an_invalid_sample_breaks_what_it_names_and_nothing_else(sample: Sample) -> None:
    found = [Breach(v.field, v.rule) for v in violations(sample.draft, CLOCK)]
    assert found == list(sample.violates)
    assert len(found) == 1


def test_all_together_are_sound() -> None:
    require_sound((*VALID, *INVALID), CLOCK)


@pytest.mark.parametrize("type_name", BODY_FIELDS)
def test_each_type_has_samples_of_each_sort(type_name: str) -> None:
    assert {"minimal", "full", "edge"} <= {s.name for s in valid_samples(type_name)}
    assert len(invalid_samples(type_name)) >= 3


@pytest.mark.parametrize("sample", (*VALID, *INVALID), ids=lambda s: s.id)
def test_json_and_back_is_the_same_draft(sample: Sample) -> None:
    text = to_json(sample.draft)
    again = from_json(Draft, text, "sample")
    assert to_json(again) == text
    assert again.SerializeToString(deterministic=True) == sample.draft.SerializeToString(
        deterministic=True
    )


def test_every_message_id_is_one_of_its_time_and_of_no_other_sample() -> None:
    ids = [s.draft.header.message_id for s in VALID]
    assert len(set(ids)) == len(ids)
    for sample in VALID:
        told = sample.draft.header.reported_time
        assert UUID(sample.draft.header.message_id).version == 7
        assert UUID(sample.draft.header.message_id).int >> 80 == (
            told.seconds * 1000 + told.nanos // 1_000_000
        )


def test_what_a_sample_shows_is_said_in_both_languages() -> None:
    for sample in (*VALID, *INVALID):
        assert re.search(r"[\u4e00-\u9fff].*。\S", sample.about), sample.id
        assert re.search(r"[A-Z][^\u4e00-\u9fff]*\.$", sample.about), sample.id


def test_later_messages_of_an_entity_name_the_earlier_ones() -> None:
    """Else a reader who sends all samples would be refused for a stale revision."""
    for sample in VALID:
        header = sample.draft.header
        earlier = [
            s.name
            for s in sorted(VALID, key=lambda s: s.draft.header.revision)
            if s.draft.header.entity_id == header.entity_id
            and s.draft.header.revision < header.revision
        ]
        assert list(sample.after) == earlier, sample.id


def test_an_entity_is_told_of_by_one_type() -> None:
    types: dict[str, set[str]] = {}
    for sample in VALID:
        types.setdefault(sample.draft.header.entity_id, set()).add(sample.type)
    assert {entity for entity, names in types.items() if len(names) > 1} == set()


def test_each_type_with_steps_shows_more_than_the_first() -> None:
    """Each machine with several steps by one party has a sample that follows another."""
    chained = {sample.type for sample in VALID if sample.after}
    first_only = {"yrd.aid.v1.AidExtension"}
    assert set(SOURCES) - chained == first_only


def test_a_step_too_early_is_noticed() -> None:
    names = {(s.type, s.name): s for s in VALID}
    later = names["yrd.incident.v1.IncidentReport", "wenling_correction"]
    alone = Sample(later.type, later.name, "", later.participant, later.draft, (), (), later.path)
    with pytest.raises(
        SampleError, match="correction of wenling_correction may not follow nothing"
    ):
        require_order(alone, names)


def test_references_between_samples_point_at_samples() -> None:
    known = {s.draft.header.message_id for s in VALID}
    for sample in VALID:
        reply = sample.draft.header.in_reply_to
        assert not reply or reply in known, sample.id
        assert body_of(sample.draft) is not None
