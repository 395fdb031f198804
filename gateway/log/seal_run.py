"""Sealing drafts one behind the other, in one call where the steps outside the interpreter were built."""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.log.instants import timestamp
from gateway.log.sealing import Prepared, seal, stamp
from schemas.native import native
from yrd.exchange.v1.message_pb2 import Leaf, Stamp

_FIELDS = Leaf.STAMP_FIELD_NUMBER, Stamp.SEQUENCE_FIELD_NUMBER


class Stamping(NamedTuple):
    """What the stamps of a run have in common; the time in microseconds since 1970."""

    origin: str
    source_system: str
    sealed_us: int


class Run(NamedTuple):
    """Serialised leaves, and their hashes, in the order of the drafts."""

    leaves: list[bytes]
    hashes: list[bytes]


def seal_run(prepared: Sequence[Prepared], stamping: Stamping, first: int) -> Run:
    """Leaf and hash of each draft; they take the places from `first` on."""
    steps = native()
    if steps is None:
        return _seal_each(prepared, stamping, first)
    origin, source_system, sealed_us = stamping
    # the sequence's place is between these: fields come in the order of their numbers
    before = Stamp(origin=origin, source_system=source_system).SerializeToString()
    behind = Stamp(sealed_time=timestamp(sealed_us)).SerializeToString()
    return Run(*steps.seal(prepared, first, (before, behind), _FIELDS))


def _seal_each(prepared: Sequence[Prepared], stamping: Stamping, first: int) -> Run:
    run, mark = Run([], []), stamp(stamping.origin, stamping.source_system, 0, stamping.sealed_us)
    for mark.sequence, content in enumerate(prepared, first):
        leaf, hash_, _ = seal(content, mark)
        run.leaves.append(leaf)
        run.hashes.append(hash_)
    return run
