"""Whatever a folder of evidence holds, examining it gives findings, never a failure."""

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.log.checkpoint import Checkpoint, LogSigner, Witness
from gateway.log.evidence import Evidence, examine
from gateway.log.merkle import leaf_hash
from gateway.log.note import encode_vkey
from gateway.log.proof import TlogProof
from gateway.log.suite import DEFAULT, Ed25519Key
from yrd.exchange.v1.message_pb2 import Leaf

LOG = "yrd/310000"
SIGNER = LogSigner(LOG, Ed25519Key(Ed25519PrivateKey.from_private_bytes(b"l" * 32)))
OTHER = Witness("yrd/320000/witness", Ed25519Key(Ed25519PrivateKey.from_private_bytes(b"w" * 32)))
OWN = Witness(f"{LOG}/witness", Ed25519Key(Ed25519PrivateKey.from_private_bytes(b"o" * 32)))


def evidence(*witnesses: Witness) -> Evidence:
    """The only entry of a log, under these cosignatures."""
    leaf = Leaf()
    leaf.stamp.origin = "310000"
    data = leaf.SerializeToString()
    note = SIGNER.sign(Checkpoint(LOG, 1, leaf_hash(data)))
    for witness in witnesses:
        note = witness.cosign(note, 1_780_000_000)
    keys = [SIGNER.verifier, *(witness.verifier for witness in witnesses)]
    texts = tuple(encode_vkey(key.name, key.kind, key.public) for key in keys)
    return Evidence(data, TlogProof(0, (), note.render()).render(), texts)


def english(made: Evidence, quorum: int = 1) -> list[str]:
    return [problem.en for problem in examine(made, [], quorum, DEFAULT).problems]


def test_a_cosignature_of_another_counts() -> None:
    assert english(evidence(OTHER)) == []
    assert english(evidence(OTHER, OWN)) == []


def test_a_participants_own_witness_does_not_count_for_its_own_log() -> None:
    assert english(evidence(OWN)) == ["0 cosignatures, 1 needed"]
    assert english(evidence(), quorum=0) == []


def test_the_same_cosigner_counts_once() -> None:
    assert english(evidence(OTHER), quorum=2) == ["1 cosignatures, 2 needed"]


def test_an_entry_that_says_it_is_of_another_log_is_refused() -> None:
    leaf = Leaf()
    leaf.stamp.origin = "320000"
    data = leaf.SerializeToString()
    note = OTHER.cosign(SIGNER.sign(Checkpoint(LOG, 1, leaf_hash(data))), 1_780_000_000)
    made = replace(evidence(OTHER), leaf=data, proof=TlogProof(0, (), note.render()).render())
    (problem,) = english(made)
    assert problem.startswith("the entry says it is 0 of yrd/320000, the proof that it is 0 of")


GOOD = evidence(OTHER)


@settings(deadline=None, max_examples=300)
@given(
    st.binary(max_size=60) | st.just(GOOD.leaf),
    st.text(max_size=80) | st.just(GOOD.proof) | st.text().map(lambda t: GOOD.proof + t),
    st.lists(st.text(max_size=60) | st.sampled_from(GOOD.keys), max_size=3),
    st.lists(st.binary(max_size=40), max_size=3),
)
def test_anything_is_examined(
    leaf: bytes, proof: str, keys: list[str], disclosures: list[bytes]
) -> None:
    made = Evidence(leaf, proof, tuple(keys), tuple(disclosures))
    findings = examine(made, [], 1, DEFAULT)
    same = (leaf, proof, set(keys)) == (GOOD.leaf, GOOD.proof, set(GOOD.keys))
    assert findings.ok == (same and not disclosures)
