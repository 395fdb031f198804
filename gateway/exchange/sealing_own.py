"""Messages that a gateway seals itself, about the exchange: drafted, checked as any other, published.

They go the way of every draft (PublishJob), as the system "gateway" of this participant.
"""

from datetime import UTC

from google.protobuf.message import Message as ProtoMessage

from gateway.errors import Internal
from gateway.exchange.access import PEER_SYSTEM
from gateway.exchange.checking import CheckedDraft, ready
from gateway.exchange.publish import AcceptedDraft, PublishJob
from gateway.exchange.salts import salts
from gateway.log.instants import timestamp
from gateway.store.port import AcceptedEntry
from gateway.store.round import Round
from schemas.authority import foreign_claims
from schemas.catalog import BODY_FIELDS, body_of
from schemas.rules import violations
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Mode, Priority

CLOCK_STEP_SECONDS = 300.0


def own_draft(
    body: ProtoMessage, message_id: str, entity_id: str, now_us: int, revision: int = 1
) -> Draft:
    """A message by the gateway itself, told now (microseconds since 1970).

    Its priority is routine: it stays at its place in the log, behind the entries of which it speaks.
    """
    draft, now = Draft(), timestamp(now_us)
    getattr(draft, BODY_FIELDS[body.DESCRIPTOR.full_name].name).CopyFrom(body)
    header = draft.header
    header.message_id, header.entity_id, header.revision = message_id, entity_id, revision
    header.mode, header.priority = Mode.MODE_ACTUAL, Priority.PRIORITY_ROUTINE
    header.data_level = DataLevel.DATA_LEVEL_GENERAL_1
    header.occurred_time.CopyFrom(now)
    header.reported_time.CopyFrom(now)
    return draft


def own_checked(participant: str, draft: Draft) -> CheckedDraft:
    """The draft, ready to be sealed. Raises Internal if it breaks the contract: a fault of ours."""
    header, body = draft.header, body_of(draft)
    told = header.reported_time.ToDatetime(UTC)
    broken = [f"{v.field}: {v.message}" for v in violations(draft, told, CLOCK_STEP_SECONDS)]
    if body:
        broken += [f"{c.field}: is for {c.authority}" for c in foreign_claims(body, participant)]
    if broken or body is None:
        raise Internal(f"a message of the gateway itself breaks the contract: {'; '.join(broken)}")
    return ready(draft, salts())


def seal_own(round_: Round, participant: str, checked: CheckedDraft) -> AcceptedEntry:
    """Seals it in this round. Raises what refuses it; then nothing was added."""
    (outcome,) = PublishJob(participant, PEER_SYSTEM, (checked,)).stage(round_)
    if isinstance(outcome, AcceptedDraft):
        return outcome.entry
    raise outcome
