"""Faults in the log, in what a peer is given, and in what is taken from a peer."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import repeat
from types import SimpleNamespace
from typing import Any

from gateway.exchange import checker_pool, checking, opening
from gateway.log import sealing
from gateway.log.checkpoint import LogSigner, Witness
from gateway.log.note import Note
from gateway.replication import batch_form, origin
from gateway.replication.batch_form import Groups
from gateway.replication.origin import Origin
from gateway.replication.receipts import Receipts
from gateway.sharing import decide
from schemas import disclosure
from tests.contract.kit.faults.fault import Fault, Install, both, replaced, wrapped


def _one_salt_a_message(original: Any, *draft: Any) -> Any:
    *given, salts = draft
    return original(*given, repeat(next(iter(salts))))


_LOG, _DISCLOSURE, _PEER = ("log",), ("disclosure",), ("peers-log",)


def _constant(salt: bytes) -> Any:
    def salts() -> Iterator[bytes]:
        while True:
            yield salt

    return salts


def _unprefixed(leaf: bytes) -> bytes:
    return hashlib.sha256(leaf).digest()


_HASHES = both(*(replaced(m, "leaf_hash", _unprefixed) for m in (sealing, opening, origin)))


def _all_groups(original: Any, leaf: Any, hash_: Any, parts: Any, groups: Groups) -> Any:
    given = groups if groups is None else frozenset(part.group for part in parts)
    return original(leaf, hash_, parts, given)


def _no_groups(original: Any, leaf: Any, hash_: Any, parts: Any, groups: Groups) -> Any:
    return original(leaf, hash_, parts, groups and frozenset())


def _all_types(original: Any, leaf: Any, hash_: Any, parts: Any, groups: Groups) -> Any:
    return original(leaf, hash_, parts, groups or frozenset())


def _seen(wrap: Callable[..., Any]) -> Install:
    """What a peer sees of an entry, in a batch and ahead of its place."""
    return both(*(wrapped(module, "sealed_view", wrap) for module in (batch_form, origin)))


def _once_valid(agreement: Any, day: int) -> bool:
    return bool(agreement.valid_from.toordinal() <= day)


def _core_is_all(body: Any) -> Any:
    return disclosure.split(body)[1]


def _unsigned(original: Any, self: Any, checkpoint: Any) -> Note:
    note: Note = original(self, checkpoint)
    line = replace(note.signatures[0], blob=bytes(64))
    return Note(note.text, (line,))


def _wrong_root(original: Any, self: Any, checkpoint: Any) -> Any:
    return original(self, replace(checkpoint, root=hashlib.sha256(checkpoint.root).digest()))


def _wrong_size(original: Any, self: Any, checkpoint: Any) -> Any:
    return original(self, replace(checkpoint, size=checkpoint.size + 1))


async def _unchecked(*_: Any, **__: Any) -> int:
    return 0


def _not_cosigned(self: Any, note: Note, unix_time: int) -> Note:
    return note


def _nothing_absent(original: Any, *arguments: Any, **more: Any) -> Any:
    message = original(*arguments, **more)
    if message is not None:
        del message.receipt.absent_groups[:]
    return message


FAULTS = (
    Fault(
        "leaf-hash-without-prefix",
        "The leaf hash is SHA-256 of the leaf, without 0x00",
        _HASHES,
        _LOG,
    ),
    Fault(
        "salt-constant",
        "One salt is used for all",
        replaced(checker_pool, "salts", _constant(b"0123456789abcdef")),
        _DISCLOSURE,
    ),
    Fault(
        "salt-shared-by-groups",
        "The groups of a message share a salt",
        wrapped(checking, "cut_up", _one_salt_a_message),
        _DISCLOSURE,
    ),
    Fault(
        "salt-missing",
        "Disclosures have no salt",
        replaced(checker_pool, "salts", _constant(b"")),
        _DISCLOSURE,
    ),
    Fault(
        "core-holds-all",
        "The core holds the marked fields, too",
        replaced(sealing, "disclosure", SimpleNamespace(cut=_core_is_all)),
        _DISCLOSURE,
    ),
    Fault(
        "groups-leak",
        "The peer is given every group",
        _seen(_all_groups),
        _DISCLOSURE,
    ),
    Fault(
        "groups-withheld",
        "The peer is given no group",
        _seen(_no_groups),
        _DISCLOSURE,
    ),
    Fault(
        "types-leak",
        "The peer is given every type",
        _seen(_all_types),
        _DISCLOSURE,
    ),
    Fault(
        "ended-agreement-holds",
        "An agreement that has ended still gives",
        replaced(decide, "valid_on", _once_valid),
        _DISCLOSURE,
    ),
    Fault(
        "checkpoint-unsigned",
        "Checkpoints are not signed",
        wrapped(LogSigner, "sign", _unsigned),
        _LOG,
    ),
    Fault(
        "checkpoint-wrong-root",
        "Checkpoints have another root",
        wrapped(LogSigner, "sign", _wrong_root),
        _LOG,
    ),
    Fault(
        "checkpoint-wrong-size",
        "Checkpoints have another size",
        wrapped(LogSigner, "sign", _wrong_size),
        _LOG,
    ),
    Fault(
        "receipts-unchecked",
        "Receipts are not checked",
        replaced(Receipts, "receive", _unchecked),
        ("follower",),
    ),
    Fault(
        "claims-unchecked",
        "What a follower claims is not checked",
        replaced(Origin, "_check_claim", _unchecked),
        ("follower",),
    ),
    Fault(
        "no-heartbeats",
        "There are no heartbeats",
        lambda patch: None,
        _LOG,
        {"heartbeat_seconds": 1000.0},
    ),
    Fault(
        "receipts-not-cosigned",
        "Receipts are not cosigned",
        replaced(Witness, "cosign", _not_cosigned),
        _PEER,
    ),
    Fault(
        "peer-contract-unchecked",
        "A peer's messages are not checked",
        replaced(opening, "_breaks_contract", lambda _: False),
        _PEER,
    ),
    Fault(
        "absent-groups-untold",
        "Absent groups are not named",
        wrapped(opening, "_checked", _nothing_absent),
        _PEER,
    ),
)
