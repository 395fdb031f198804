"""Checking drafts before they are sealed. Pure: clock and randomness are arguments."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from google.protobuf.message import DecodeError
from google.protobuf.message import Message as ProtoMessage

from gateway.config import Limits
from gateway.errors import (
    ContractViolated,
    GatewayError,
    MalformedRequest,
    MessageTooLarge,
    NotAuthority,
    TypeUnknown,
)
from gateway.exchange.access import Access, Caller
from gateway.log.sealing import Prepared, copied, cut_up
from schemas.authority import foreign_claims
from schemas.catalog import body_of
from schemas.releases.version import newest
from schemas.rules import violations
from schemas.states.steps import Step, step_of
from yrd.exchange.v1.message_pb2 import Draft, Header

CONTRACT = newest()
"""The newest release of the contract that this gateway knows."""


class CheckedDraft(NamedTuple):
    """A draft that keeps the contract: what it is found by, and its content ready to be sealed."""

    message_id: str
    digest: bytes
    entity_id: str
    revision: int
    priority: int
    step: Step | None
    content: Prepared


Checked = CheckedDraft | GatewayError


class Checker:
    """Decides on drafts for one participant's gateway."""

    def __init__(self, participant: str, access: Access, limits: Limits) -> None:
        self._participant, self._access, self._limits = participant, access, limits

    def check_all(
        self, caller: Caller, drafts: Sequence[bytes], now: datetime, salts: Iterable[bytes]
    ) -> list[Checked]:
        """One result for each serialised draft, in order; `now` is aware."""
        return [self._result(caller, data, now, salts) for data in drafts]

    def _result(
        self, caller: Caller, data: bytes, now: datetime, salts: Iterable[bytes]
    ) -> Checked:
        try:
            return self._check(caller, data, now, salts)
        except GatewayError as error:
            return error

    def _check(
        self, caller: Caller, data: bytes, now: datetime, salts: Iterable[bytes]
    ) -> CheckedDraft:
        draft, serialised = self._read(data)
        header = draft.header
        broken = violations(draft, now, self._limits.max_clock_skew_seconds)
        body = body_of(draft)
        if broken or body is None:
            raise ContractViolated(
                "; ".join(f"{v.field or 'message'}: {v.message} ({v.rule})" for v in broken),
                fields=[(v.field, v.rule, v.message) for v in broken],
                message_id=header.message_id,
            )
        self._access.require_type(caller, body.DESCRIPTOR.full_name)
        if header.HasField("act"):
            self._access.require_acting(caller)
        for claim in foreign_claims(body, self._participant):
            field = ".".join(filter(None, (draft.WhichOneof("body"), claim.field)))
            raise NotAuthority(
                f"{field} is for {claim.authority} to state, not for {self._participant}: "
                f"publish it at the gateway of {claim.authority}",
                field=field,
                authority=claim.authority,
            )
        return _ready(header, body, serialised, salts)

    def _read(self, data: bytes) -> tuple[Draft, bytes]:
        """The draft, and its deterministic serialisation."""
        try:
            draft = Draft.FromString(data)
        except DecodeError:
            raise MalformedRequest(
                "a draft is not a serialised yrd.exchange.v1.Draft: check the contract's version",
                field="drafts",
            ) from None
        limit = self._limits.max_draft_bytes
        if len(data) > limit:
            raise MessageTooLarge(
                f"{len(data)} bytes: a message has at most {limit}; shorten it or split it",
                message_id=draft.header.message_id,
                size_bytes=len(data),
                limit_bytes=limit,
            )
        return draft, _serialised(draft, data)


def ready(draft: Draft, salts: Iterable[bytes]) -> CheckedDraft:
    """A draft with a body that is known to keep the contract, ready to be sealed."""
    copy, body = copied(draft)
    return _ready(copy.header, body, copy.SerializeToString(deterministic=True), salts)


def _ready(
    header: Header, body: ProtoMessage, draft: bytes, salts: Iterable[bytes]
) -> CheckedDraft:
    """`draft` is serialised deterministically; the body is used up."""
    step = step_of(body)
    return CheckedDraft(
        header.message_id,
        sha256(draft).digest(),
        header.entity_id,
        header.revision,
        header.priority,
        step,
        cut_up(body, draft, salts),
    )


def _serialised(draft: Draft, data: bytes) -> bytes:
    """The deterministic serialisation, which the digest is of.

    Refuses fields not known here: nobody could tell whether they are personal.
    """
    draft.DiscardUnknownFields()
    serialised = draft.SerializeToString(deterministic=True)
    if serialised == data:  # as nearly all write it: then there was nothing else in it
        return serialised
    if len(serialised) == len(Draft.FromString(data).SerializeToString(deterministic=True)):
        return serialised
    what = "fields" if draft.WhichOneof("body") else "a type"
    raise TypeUnknown(
        f"the message has {what} that this gateway's contract does not know: "
        "use the contract that the gateway has, or upgrade the gateway",
        message_id=draft.header.message_id,
        contract=CONTRACT,
    )
