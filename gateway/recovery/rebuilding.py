"""Entries of the own log as they are stored again, from what several peers gave back. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from gateway.log.sealing import Opened, SealedPart, SealError, as_draft, open_entry
from gateway.recovery.report import Incomplete, RecoveryReport
from gateway.recovery.spool import entry_hash
from gateway.store.port import Entry, Naming, NewEntry, Standing
from gateway.store.upkeep import Erased
from schemas.catalog import body_of
from schemas.message_ids import as_bytes
from schemas.states.steps import follow, step_of
from yrd.exchange.v1.message_pb2 import Disposition, SealedEntry

Entity = tuple[str, str]
UNKNOWN = bytes(32)
"""The digest of a draft of which something is gone."""


@dataclass(slots=True)
class Rebuilder:
    """Puts entries together, and follows where their entities stand.

    `erased`: groups of entries that this participant has destroyed since, each with its notice; they
    are not brought back. `gone`: what is noted as no longer here.
    """

    log: str
    erased: Mapping[int, Mapping[str, bytes]]
    report: RecoveryReport
    standings: dict[Entity, Standing] = field(default_factory=dict)
    gone: list[Erased] = field(default_factory=list)

    def entity(self, given: Sequence[SealedEntry]) -> Entity | None:
        """The (type, entity_id) of an entry, if any peer has its leaf."""
        opened = _opened(given, ())
        return (opened.leaf.type, opened.leaf.header.entity_id) if opened else None

    def entry(self, given: Sequence[SealedEntry], index: int, offset: int, now_us: int) -> NewEntry:
        """The entry as far as it is left: the leaf of whoever has it, and all disclosures that fit."""
        digest = entry_hash(given[0])
        erased = self.erased.get(index, {})
        opened = _opened(given, erased)
        if opened is None:
            self.report.add_lost(index)
            self.gone.append(Erased(offset, "", now_us, b""))
            hidden = Disposition.DISPOSITION_WITHHELD
            return Entry(offset, self.log, index, digest, None, "", hidden, now_us), None
        disposition = Disposition.DISPOSITION_WHOLE
        if opened.absent_groups:
            disposition = Disposition.DISPOSITION_REDACTED
            lost = [group for group in opened.absent_groups if group not in erased]
            if lost:
                self.report.incomplete.append(Incomplete(index, lost))
            self.gone += [
                Erased(offset, group, now_us, erased.get(group, b""))
                for group in opened.absent_groups
            ]
        else:
            self.report.whole += 1
        leaf = next(entry.leaf for entry in given if entry.leaf)
        sealed_us = opened.leaf.stamp.sealed_time.ToMicroseconds()
        parts = opened.parts
        found = (digest, leaf, opened.leaf.type, disposition, sealed_us, parts)
        return Entry(offset, self.log, index, *found), self._naming(opened)

    def _naming(self, opened: Opened) -> Naming:
        header, key = opened.leaf.header, (opened.leaf.type, opened.leaf.header.entity_id)
        draft = as_draft(opened)
        before = self.standings.get(key, Standing())
        body = body_of(draft)
        step = step_of(body) if body is not None else None
        # what came before it may be lost: then all that is known is that something did
        state = (follow(before.state, step) or "") if step else ""
        standing = Standing(max(before.revision, header.revision), state)
        self.standings[key] = standing
        whole = not opened.absent_groups
        digest = UNKNOWN
        if whole:
            digest = sha256(draft.SerializeToString(deterministic=True)).digest()
        named = as_bytes(header.message_id), digest, header.entity_id
        return Naming(*named, standing, header.priority)


def _opened(given: Sequence[SealedEntry], without: Collection[str]) -> Opened | None:
    leaf = next((entry.leaf for entry in given if entry.leaf), b"")
    if not leaf:
        return None
    parts: dict[str, SealedPart] = {}
    for data in (data for entry in given for data in entry.disclosures):
        try:
            (part,) = open_entry(leaf, [data]).parts
        except (SealError, ValueError):
            continue  # not one of this entry's: whoever has the true one gives it
        parts[part.group] = part
    kept = [part.data for group, part in sorted(parts.items()) if group not in without]
    return open_entry(leaf, kept)
