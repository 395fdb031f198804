"""Sealing what changed in the agreements into the own log, so that it decides what follows."""

import logging
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from gateway.agreements import load_agreements
from gateway.errors import GatewayError, Internal
from gateway.exchange.access import PEER_SYSTEM
from gateway.exchange.checking import CheckedDraft, ready
from gateway.exchange.publish import PublishJob
from gateway.exchange.salts import salts
from gateway.exchange.sealing_own import own_draft
from gateway.log.checkpoint import log_origin
from gateway.reload import Apply, Changed
from gateway.sharing.activation import (
    TYPE,
    Activation,
    Step,
    expected,
    in_force,
    read,
    steps,
)
from gateway.sharing.agreement import Loaded
from gateway.sharing.decide import Sharing, Timeline
from gateway.store.port import Entry
from gateway.store.round import Round
from gateway.store.writer import Writer
from schemas import message_ids
from yrd.exchange.v1.message_pb2 import Draft

logger = logging.getLogger(__name__)


def timeline_of(
    participant: str, entries: Iterable[Entry], loaded: Sequence[Loaded] = ()
) -> Timeline:
    """The timeline of a log, from its activation entries.

    `loaded`: the agreements that are about to come into force.
    """
    activations = _read(entries)
    return Timeline(participant, activations, expected(in_force(activations), loaded))


def _read(entries: Iterable[Entry]) -> list[Activation]:
    found = [
        read(e.sequence, e.leaf or b"", [part.data for part in e.parts], e.received_us)
        for e in entries
    ]
    for activation in found:
        if activation.problem:
            what = {"agreement": activation.agreement_id, "detail": activation.problem}
            logger.error("agreement_gives_nothing", extra=what)
    return found


class Activating:
    """Brings the agreements of a folder into force: at the start, and at each reload."""

    def __init__(
        self,
        participant: str,
        folder: Path,
        loaded: Sequence[Loaded],
        sharing: Sharing,
        writer: Writer,
    ) -> None:
        self._participant, self._folder, self._loaded = participant, folder, loaded
        self._sharing, self._writer = sharing, writer

    async def begin(self) -> None:
        """Seals what changed while the gateway was down, into a log that takes nothing else yet.

        Raises Unavailable.
        """
        await self._seal(self._loaded, opening=True)

    def read(self) -> Apply:
        """The part of a reload. Raises ConfigError."""
        loaded = load_agreements(self._folder)

        async def apply(changed: Changed) -> None:
            changed.agreements += await self._seal(loaded)
            self._loaded = loaded

        return apply

    async def _seal(self, loaded: Sequence[Loaded], *, opening: bool = False) -> list[str]:
        job = ActivationJob(self._participant, loaded, self._sharing, opening)
        steps = [str(step) for step in await self._writer.submit(job)]
        if steps:
            logger.info("agreements_changed", extra={"steps": steps})
        return steps


@dataclass(frozen=True, slots=True)
class ActivationJob:
    """Seals one entry for each agreement that came, changed or went.

    Once they are durable, and before anyone can read them, `sharing` follows. `opening`: the log may
    still be held, as before a gateway's first message.
    """

    participant: str
    loaded: Sequence[Loaded]
    sharing: Sharing
    opening: bool = False
    lazy: bool = False

    @property
    def weight(self) -> int:
        """About the number of entries."""
        return len(self.loaded) + 1

    def stage(self, round_: Round) -> list[Step]:
        """What was sealed; nothing if nothing changed."""
        changed = steps(self.participant, self.loaded, self.sharing.timeline.in_force())
        if changed:
            entries = self._sealed(round_, changed)
            follow = _read(entries)
            round_.when_durable(lambda: self.sharing.follow(follow))
        return changed

    def _sealed(self, round_: Round, changed: Sequence[Step]) -> list[Entry]:
        log, before = log_origin(self.participant), len(round_.change.entries)
        names = [_entity_id(self.participant, step) for step in changed]
        known = round_.standings(log, [(TYPE, name) for name in names])
        drafts = []
        for step, name in zip(changed, names, strict=True):
            revision = known[TYPE, name].revision + 1 if (TYPE, name) in known else 1
            drafts.append(draft(self.participant, step, revision, round_.now_us))
        job = PublishJob(self.participant, PEER_SYSTEM, [_checked(made) for made in drafts])
        with round_.opening(log) if self.opening else nullcontext():
            refused = [o for o in job.stage(round_) if isinstance(o, GatewayError)]
        if refused:  # each has an id and a revision of its own, so this is a fault of ours
            raise Internal(f"an activation was refused: {refused[0].message}")
        return [entry for entry, _ in round_.change.entries[before:]]


def _entity_id(participant: str, step: Step) -> str:
    return f"{participant}/agreement/{step.agreement_id}"


def draft(participant: str, step: Step, revision: int, now_us: int) -> Draft:
    """The message that says so."""
    message_id, entity_id = message_ids.new(now_us // 1000), _entity_id(participant, step)
    return own_draft(step.body(participant), message_id, entity_id, now_us, revision)


def _checked(made: Draft) -> CheckedDraft:
    return ready(made, salts())
