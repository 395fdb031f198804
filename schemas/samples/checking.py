"""Whether samples are what they say of themselves: rules, authority, identifiers, order of steps."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from schemas.authority import foreign_claims
from schemas.catalog import body_of
from schemas.rules import violations
from schemas.samples.reading import Breach, Sample, SampleError
from schemas.states.steps import SOURCES, follow, step_of

_VERSION_7_TIME = 80
"""Bits of a UUID of version 7 below its time in milliseconds (RFC 9562 5.7)."""


def require_sound(samples: Sequence[Sample], now: datetime) -> None:
    """Checks all samples, valid and invalid together. Raises SampleError for the first that is wrong."""
    for sample in samples:
        require_verdict(sample, now)
        _require_identity(sample)
    _require_unique_ids(samples)
    by_name = {(s.type, s.name): s for s in samples if not s.violates}
    for sample in by_name.values():
        require_order(sample, by_name)


def require_verdict(sample: Sample, now: datetime) -> None:
    """A valid sample breaks no rule, an invalid one just what it names. Raises SampleError."""
    found = tuple(Breach(v.field, v.rule) for v in violations(sample.draft, now))
    if found != sample.violates:
        raise SampleError(
            f"{sample.id}: it breaks {_words(found)} where the file says {_words(sample.violates)}: "
            "correct the draft, or name what it breaks in violates"
        )
    body = body_of(sample.draft)
    claims = [] if body is None else foreign_claims(body, sample.participant)
    if not sample.violates and claims:
        raise SampleError(
            f"{sample.id}: {claims[0].field or 'the type'} is for {claims[0].authority} to publish, "
            f"not for {sample.participant}: correct participant"
        )


def _words(breaches: Iterable[Breach]) -> str:
    return ", ".join(f"{b.rule} at {b.field or 'the draft'}" for b in breaches) or "no rule"


def _require_identity(sample: Sample) -> None:
    """The entity is one of the participant's, and the message_id tells the time of the report."""
    broken = {breach.field.split(".")[1] for breach in sample.violates if "header." in breach.field}
    header = sample.draft.header
    if not sample.draft.HasField("header") or broken & {"message_id", "entity_id"}:
        return
    if not header.entity_id.startswith(f"{sample.participant}/") and len(header.entity_id) < 128:
        raise SampleError(
            f"{sample.id}: entity_id {header.entity_id!r} must begin with {sample.participant}/"
        )
    told = header.reported_time
    milliseconds = told.seconds * 1000 + told.nanos // 1_000_000
    if UUID(header.message_id).int >> _VERSION_7_TIME != milliseconds:
        raise SampleError(
            f"{sample.id}: message_id must hold reported_time: make it with message_ids"
        )


def _require_unique_ids(samples: Sequence[Sample]) -> None:
    known: dict[str, Sample] = {}
    for sample in samples:
        message_id = sample.draft.header.message_id
        other = known.setdefault(message_id, sample)
        if message_id and other is not sample:
            raise SampleError(
                f"{sample.id}: message_id {message_id} is that of {other.id}: make another"
            )


def require_order(sample: Sample, valid: Mapping[tuple[str, str], Sample]) -> None:
    """The messages of its entity, this one last, may follow each other. Raises SampleError."""
    history = [*(_earlier(sample, name, valid) for name in sample.after), sample]
    for before, later in pairwise(history):
        if before.draft.header.revision >= later.draft.header.revision:
            raise SampleError(
                f"{sample.id}: after: {later.name} must have a higher revision than {before.name}"
            )
    known = ""
    for each in history if sample.type in SOURCES else ():
        body = body_of(each.draft)
        step = step_of(body) if body is not None else None
        if step is None:
            continue
        next_known = follow(known, step)
        if next_known is None:
            raise SampleError(
                f"{sample.id}: {step.step} of {each.name} may not follow {known or 'nothing'}: name what "
                "comes before it in after"
            )
        known = next_known


def _earlier(sample: Sample, name: str, valid: Mapping[tuple[str, str], Sample]) -> Sample:
    found = valid.get((sample.type, name))
    if found is None:
        raise SampleError(f"{sample.id}: after: there is no valid sample {name!r} of this type")
    if found.draft.header.entity_id != sample.draft.header.entity_id:
        raise SampleError(f"{sample.id}: after: {name} tells of another entity")
    return found
