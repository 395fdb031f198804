"""A round signs one checkpoint for what it has added to the own log, and none if that is nothing."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.log.checkpoint import Checkpoint, LogSigner, verified
from gateway.log.merkle import Frontier
from gateway.log.suite import DEFAULT, Ed25519Key
from gateway.store.port import Head
from gateway.store.round import Round
from tests.support.entries import OURS, THEIRS, entry

SIGNER = LogSigner(OURS, Ed25519Key(Ed25519PrivateKey.from_private_bytes(b"l" * 32)))


def begun() -> Round:
    nothing_stored: Any = None  # appending asks for nothing that is stored
    return Round({OURS: Head(OURS, checkpoint="the one before")}, 0, 1, nothing_stored)


def test_what_was_added_is_under_the_new_checkpoint() -> None:
    round_, new = begun(), [entry(1), entry(2)]
    round_.append(OURS, new)
    round_.sign(SIGNER)
    found, _ = verified(round_.head(OURS).checkpoint, SIGNER.verifier, DEFAULT)
    root = Frontier().extend(one.hash for one, _ in new).frontier.root()
    assert found == Checkpoint(OURS, 2, root)


def test_another_log_alone_changes_nothing_of_ours() -> None:
    round_ = begun()
    round_.append(THEIRS, [entry(1, 0, THEIRS)])
    round_.sign(SIGNER)
    assert OURS not in round_.change.heads
    assert round_.head(OURS).checkpoint == "the one before"
    assert not round_.head(THEIRS).checkpoint
