"""Notes, checkpoints and cosignatures in the C2SP formats."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.log import checkpoint, note
from gateway.log.checkpoint import Checkpoint, LogSigner, Witness
from gateway.log.suite import DEFAULT, Ed25519Key

KEY = Ed25519Key(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = Witness("yrd/320000/witness", Ed25519Key(Ed25519PrivateKey.from_private_bytes(b"w" * 32)))
SIGNER = LogSigner("yrd/310000", KEY)
CHECKPOINT = Checkpoint("yrd/310000", 7, hashlib.sha256(b"root").digest())


def test_a_verifier_key_in_the_wild_is_read() -> None:
    # the public key of the Go checksum database
    key = note.parse_vkey("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    assert (key.name, key.kind, key.key_id.hex()) == ("sum.golang.org", note.LOG, "033de0ae")


def test_a_key_id_that_is_not_the_keys_is_refused() -> None:
    with pytest.raises(note.NoteError, match="key id"):
        note.parse_vkey("sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")


def test_vkey_round_trip() -> None:
    text = note.encode_vkey("yrd/310000", note.LOG, KEY.public)
    assert note.parse_vkey(text) == SIGNER.verifier


@pytest.mark.parametrize("name", ["", "a b", "a+b"])
def test_bad_key_names_are_refused(name: str) -> None:
    with pytest.raises(note.NoteError, match="name"):
        note.encode_vkey(name, note.LOG, KEY.public)


def test_checkpoint_has_the_three_lines_of_the_format() -> None:
    root = base64.b64encode(CHECKPOINT.root).decode()
    assert CHECKPOINT.text() == f"yrd/310000\n7\n{root}\n"
    assert checkpoint.parse(CHECKPOINT.text()) == CHECKPOINT


@pytest.mark.parametrize(
    "text", ["a\n1\n", "a\n01\nAAAA\n", "a\nx\nAAAA\n", "a\n1\nAAAA\n", "a\n1\n*\n"]
)
def test_bad_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(note.NoteError):
        checkpoint.parse(text)


def test_a_signed_checkpoint_verifies_and_a_changed_one_does_not() -> None:
    rendered = SIGNER.sign(CHECKPOINT).render()
    assert checkpoint.verified(rendered, SIGNER.verifier, DEFAULT)[0] == CHECKPOINT
    with pytest.raises(note.NoteError, match="bad signature"):
        checkpoint.verified(rendered.replace("\n7\n", "\n8\n"), SIGNER.verifier, DEFAULT)


def test_a_cosignature_signs_time_and_text() -> None:
    cosigned = WITNESS.cosign(SIGNER.sign(CHECKPOINT), 1_700_000_000)
    again = note.parse(cosigned.render())
    signature = again.signature_of(WITNESS.verifier)
    assert signature is not None
    assert len(signature.blob) == 72
    assert int.from_bytes(signature.blob[:8], "big") == 1_700_000_000
    message = b"cosignature/v1\ntime 1700000000\n" + CHECKPOINT.text().encode()
    assert DEFAULT.verify(WITNESS.verifier.public, message, signature.blob[8:])
    for key in (SIGNER.verifier, WITNESS.verifier):
        assert checkpoint.verified(cosigned.render(), key, DEFAULT)[0] == CHECKPOINT


def test_a_note_without_that_key_is_refused() -> None:
    with pytest.raises(note.NoteError, match="no signature by yrd/320000/witness"):
        checkpoint.verified(SIGNER.sign(CHECKPOINT).render(), WITNESS.verifier, DEFAULT)
