"""Whether one draft keeps the contract. Pure: the clock is an argument."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version

from google.protobuf.message import DecodeError, Message

from integration.kit.client.reference.identity import Caller, Settings
from integration.kit.client.reference.refusals import Refusal, malformed
from schemas.authority import foreign_claims
from schemas.catalog import body_of, type_name
from schemas.rules import Violation, violations
from yrd.exchange.v1.message_pb2 import Draft

CONTRACT = version("yangtze-delta-exchange")


@dataclass(frozen=True, slots=True)
class Judged:
    """A good draft: `digest` is of the whole draft, `type` its body's full name."""

    draft: Draft
    type: str
    digest: bytes


def judge(settings: Settings, caller: Caller, data: bytes, now: datetime) -> Judged:
    """Judges a serialised draft at an aware instant. Raises a Refusal."""
    draft = _read(data)
    message_id = draft.header.message_id
    if len(data) > settings.max_draft_bytes:
        raise Refusal(
            "MESSAGE_TOO_LARGE",
            f"{len(data)} bytes, and {settings.max_draft_bytes} are the most: shorten or split it",
            message_id=message_id,
            size_bytes=len(data),
            limit_bytes=settings.max_draft_bytes,
        )
    if has_unknown(draft):
        raise Refusal(
            "TYPE_UNKNOWN",
            "the draft has fields or a type that this contract does not have: "
            f"use contract {CONTRACT}",
            message_id=message_id,
            contract=CONTRACT,
        )
    broken = violations(draft, now, settings.max_clock_skew_seconds)
    kind, body = type_name(draft), body_of(draft)
    if broken or kind is None or body is None:
        raise contract_violated(message_id, broken)
    settings.require(caller, "publisher", kind)
    _require_authority(draft, body, settings.participant)
    return Judged(draft, kind, sha256(draft.SerializeToString(deterministic=True)).digest())


def has_unknown(draft: Draft) -> bool:
    """Whether the draft has fields, at any depth, that this contract does not have."""
    known = Draft()
    known.CopyFrom(draft)
    known.DiscardUnknownFields()
    return known.ByteSize() != draft.ByteSize()


def contract_violated(message_id: str, broken: list[Violation]) -> Refusal:
    """The refusal for broken rules."""
    return Refusal(
        "CONTRACT_VIOLATED",
        "; ".join(f"{v.field or 'draft'}: {v.message} ({v.rule})" for v in broken),
        fields=[(v.field, v.rule, v.message) for v in broken],
        message_id=message_id,
    )


def _read(data: bytes) -> Draft:
    try:
        return Draft.FromString(data)
    except DecodeError:
        raise malformed(
            "drafts", "bytes that are no yrd.exchange.v1.Draft: check how drafts are serialised"
        ) from None


def _require_authority(draft: Draft, body: Message, participant: str) -> None:
    for claim in foreign_claims(body, participant):
        field = f"{draft.WhichOneof('body')}.{claim.field}".rstrip(".")
        raise Refusal(
            "NOT_AUTHORITY",
            f"{field} is {claim.authority}'s to state: publish it at the gateway of "
            f"{claim.authority}",
            field=field,
            authority=claim.authority,
        )
