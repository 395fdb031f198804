"""Rings of keys: several keys of one signer, some retired."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.log.checkpoint import Checkpoint, LogSigner, Witness, verified
from gateway.log.keyring import KeyRing, RingKey
from gateway.log.note import Note, NoteError, Signature, VerifierKey, parse
from gateway.log.suite import DEFAULT, Ed25519Key

CHECKPOINT = Checkpoint("yrd/310000", 7, bytes(32))
ORIGIN, WITNESS = "yrd/310000", "yrd/320000/witness"


def private(seed: bytes) -> Ed25519Key:
    return Ed25519Key(Ed25519PrivateKey.from_private_bytes(seed * 32))


OLD, NEW, OTHER = private(b"o"), private(b"n"), private(b"x")


def public(key: Ed25519Key) -> VerifierKey:
    return LogSigner(ORIGIN, key).verifier


def signed(*keys: Ed25519Key) -> str:
    return LogSigner(ORIGIN, *keys).sign(CHECKPOINT).render()


def ring(*current: Ed25519Key, retired: tuple[Ed25519Key, ...] = ()) -> KeyRing:
    old = [RingKey(public(key), retired=True) for key in retired]
    return KeyRing([*(RingKey(public(key)) for key in current), *old])


@pytest.mark.parametrize(
    ("note", "known"),
    [
        (signed(OLD), ring(OLD)),
        (signed(OLD), ring(NEW, OLD)),
        (signed(NEW, OLD), ring(OLD)),
        (signed(NEW, OLD), ring(NEW, OLD)),
        (signed(NEW, OLD), ring(NEW, retired=(OLD,))),
        (signed(NEW), ring(NEW, retired=(OLD,))),
    ],
)
def test_at_every_step_of_a_rotation_what_is_signed_is_good(note: str, known: KeyRing) -> None:
    assert verified(note, known, DEFAULT)[0] == CHECKPOINT


def test_a_retired_key_verifies_what_is_old_and_makes_nothing_new_good() -> None:
    known = ring(NEW, retired=(OLD,))
    with pytest.raises(NoteError, match="only by a retired key"):
        verified(signed(OLD), known, DEFAULT)
    assert verified(signed(OLD), known, DEFAULT, old=True)[0] == CHECKPOINT


@pytest.mark.parametrize("old", [False, True])
def test_a_key_that_is_not_listed_makes_nothing_good(old: bool) -> None:
    with pytest.raises(NoteError, match="no signature by yrd/310000"):
        verified(signed(OTHER), ring(NEW, retired=(OLD,)), DEFAULT, old=old)


@pytest.mark.parametrize("spoiled", [0, 1])
@pytest.mark.parametrize("known", [ring(NEW, OLD), ring(NEW, retired=(OLD,))])
def test_one_bad_signature_by_a_known_key_spoils_a_note(spoiled: int, known: KeyRing) -> None:
    note = parse(signed(NEW, OLD))
    lines = list(note.signatures)
    blob = bytes([lines[spoiled].blob[0] ^ 1]) + lines[spoiled].blob[1:]
    lines[spoiled] = Signature(ORIGIN, lines[spoiled].key_id, blob)
    with pytest.raises(NoteError, match="bad signature"):
        verified(Note(note.text, tuple(lines)).render(), known, DEFAULT, old=True)


def test_a_witness_cosigns_with_all_its_keys() -> None:
    note = Witness(WITNESS, NEW, OLD).cosign(
        LogSigner(ORIGIN, OTHER).sign(CHECKPOINT), 1_800_000_000
    )
    for key in (NEW, OLD):
        assert verified(note.render(), Witness(WITNESS, key).verifier, DEFAULT)[0] == CHECKPOINT
    again = Witness(WITNESS, NEW, OLD).cosign(note, 1_800_000_001)
    assert len(again.signatures) == 3


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([], "no key that is in use"),
        ([RingKey(public(OLD), retired=True)], "no key that is in use"),
        ([RingKey(public(OLD)), RingKey(Witness(WITNESS, NEW).verifier)], "one signer"),
        ([RingKey(public(OLD)), RingKey(Witness(ORIGIN, NEW).verifier)], "one signer"),
    ],
)
def test_a_ring_is_of_one_signer_and_can_be_used(keys: list[RingKey], words: str) -> None:
    with pytest.raises(NoteError, match=words):
        KeyRing(keys)


def test_a_ring_that_can_not_be_used_leaves_the_old_one() -> None:
    known = ring(OLD)
    with pytest.raises(NoteError):
        known.replace([])
    assert known.current == [public(OLD)]
