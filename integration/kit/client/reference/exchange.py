"""The exchange itself: what was accepted, in order, and how far its readers are. In memory."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

from integration.kit.client.reference.identity import Caller, Settings
from integration.kit.client.reference.judging import Judged, judge
from integration.kit.client.reference.refusals import Refusal, malformed
from schemas.catalog import body_of
from schemas.states.machine import START
from schemas.states.steps import follow, may_follow, step_of
from yrd.exchange.v1.message_pb2 import Disposition, Message
from yrd.exchange.v1.service_pb2 import Accepted, PublishResult

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time of day, aware."""
    return datetime.now(UTC)


class Standing(NamedTuple):
    """Newest revision of an entity, and the state that its steps have led to (empty: none yet)."""

    revision: int = 0
    state: str = ""


class Exchange:
    """One participant's messages. Safe from any thread; offset n is the n-th message, from 1."""

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        self.settings, self._clock = settings, clock
        self.messages: list[Message] = []
        self.grown = threading.Condition()
        self.closing = False
        self._accepted: dict[str, tuple[bytes, Accepted]] = {}
        self._standings: dict[tuple[str, str], Standing] = {}
        self._cursors: dict[tuple[str, str], int] = {}
        self._busy_until: dict[str, float] = {}

    def publish(self, caller: Caller, drafts: Sequence[bytes]) -> list[PublishResult]:
        """One result for each serialised draft. Raises a Refusal of the whole batch."""
        self.settings.require(caller, "publisher")
        most = self.settings.max_batch
        if len(drafts) > most:
            raise malformed("drafts", f"{len(drafts)} drafts in a batch: send at most {most}")
        with self.grown:
            self._take(caller.system, len(drafts))
            results = [self._result(caller, data) for data in drafts]
            self.grown.notify_all()
        return results

    def close(self) -> None:
        """Ends subscriptions."""
        with self.grown:
            self.closing = True
            self.grown.notify_all()

    def require_offset(self, offset: int) -> int:
        """The offset itself. Raises a Refusal if it lies beyond the newest message."""
        last = len(self.messages)
        if offset <= last:
            return offset
        raise Refusal(
            "CURSOR_OUT_OF_RANGE",
            f"offset {offset} lies beyond the newest, {last}: start anew, from offset 0",
            offset=offset,
            first=0,
            last=last,
        )

    def cursor(self, caller: Caller, name: str) -> int:
        """The offset up to which a system has acknowledged, 0 at first."""
        return self._cursors.get((caller.system, name), 0)

    def acknowledge(self, caller: Caller, name: str, offset: int) -> None:
        """Moves a cursor forward, never back. Raises a Refusal."""
        if not name:
            raise malformed("open.cursor", "acknowledging takes a cursor: name one in open.cursor")
        key = caller.system, name
        self._cursors[key] = max(self.require_offset(offset), self._cursors.get(key, 0))

    def _take(self, system: str, count: int) -> None:
        """A second's worth of messages at once, then at the rate of the quota."""
        rate = self.settings.messages_per_second
        if not rate:
            return
        now = self._clock().timestamp()
        backlog = max(self._busy_until.get(system, now) - now, 0.0)
        if backlog and backlog + count / rate > 1:
            raise Refusal(
                "QUOTA_EXCEEDED",
                f"more than {rate:g} messages a second: wait, then send the rest",
                retry_seconds=min(backlog, backlog + count / rate - 1),
                quota="messages_per_second",
            )
        self._busy_until[system] = now + backlog + count / rate

    def _result(self, caller: Caller, data: bytes) -> PublishResult:
        now = self._clock()
        try:
            judged = judge(self.settings, caller, data, now)
            return PublishResult(accepted=self._accept(caller, judged, now))
        except Refusal as refusal:
            return PublishResult(error=refusal.status())

    def _accept(self, caller: Caller, judged: Judged, now: datetime) -> Accepted:
        header = judged.draft.header
        first = self._accepted.get(header.message_id)
        if first is not None:
            return _repeated(judged, *first)
        key = judged.type, header.entity_id
        before = self._standings.get(key, Standing())
        if header.revision <= before.revision:
            raise _stale(header.entity_id, header.revision, before.revision)
        standing = Standing(header.revision, _stepped(judged, before.state))
        self._standings[key] = standing
        accepted = self._append(caller, judged, now)
        self._accepted[header.message_id] = judged.digest, accepted
        return accepted

    def _append(self, caller: Caller, judged: Judged, now: datetime) -> Accepted:
        """Draft and Message number header and body alike."""
        message = Message.FromString(judged.draft.SerializeToString())
        stamp, receipt, sequence = message.stamp, message.receipt, len(self.messages)
        stamp.origin, stamp.source_system = self.settings.participant, caller.system
        stamp.sequence = sequence
        stamp.sealed_time.FromDatetime(now)
        leaf = sha256(b"\x00" + message.SerializeToString(deterministic=True)).digest()
        receipt.received_time.CopyFrom(stamp.sealed_time)
        receipt.disposition = Disposition.DISPOSITION_WHOLE
        receipt.offset = sequence + 1
        self.messages.append(message)
        return Accepted(
            message_id=message.header.message_id,
            sequence=sequence,
            sealed_time=stamp.sealed_time,
            leaf_hash=leaf,
        )


def _stale(entity_id: str, revision: int, known: int) -> Refusal:
    return Refusal(
        "REVISION_STALE",
        f"revision {revision} of {entity_id} is not above {known}: "
        f"send revision {known + 1} or higher",
        entity_id=entity_id,
        revision=revision,
        known_revision=known,
    )


def _stepped(judged: Judged, state: str) -> str:
    """The state behind the draft's step, "" for types without steps. Raises a Refusal."""
    body, entity_id = body_of(judged.draft), judged.draft.header.entity_id
    step = step_of(body) if body is not None else None
    if step is None:
        return ""
    after = follow(state, step)
    if after is not None:
        return after
    choice = ", ".join(may_follow(state, step))
    raise Refusal(
        "TRANSITION_REFUSED",
        f"{step.step!r} may not follow for {entity_id}, which is {state or START!r}: "
        + (f"possible now: {choice}" if choice else "nothing can follow; use another entity_id"),
        entity_id=entity_id,
        state=state or START,
        step=step.step,
        allowed=choice,
    )


def _repeated(judged: Judged, digest: bytes, first: Accepted) -> Accepted:
    """The first answer. Raises a Refusal if the content is another."""
    if digest == judged.digest:
        return first
    raise Refusal(
        "MESSAGE_ID_REUSED",
        f"message_id {first.message_id} was used for other content: give this its own id",
        message_id=first.message_id,
        sequence=first.sequence,
    )
