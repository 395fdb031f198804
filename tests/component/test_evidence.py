"""Evidence of a message: at its origin under all cosignatures, elsewhere under the peer's own.

A byte that changed anywhere in the exported folder is found.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from client import ExchangeError
from gateway.log.evidence import Findings
from gateway.log.note import LOG, VerifierKey, encode_vkey, parse_vkey
from integration.evidence.folder import FolderError, key_file, read, write
from integration.evidence.verify import trusted_keys, verify
from tests.support.bodies import waybill_body
from tests.support.builders import draft
from tests.support.delta import Delta, delta
from tests.support.materials import Materials
from tests.support.running import client_of
from yrd.exchange.v1.message_pb2 import Leaf
from yrd.exchange.v1.service_pb2 import GetEvidenceResponse

US, PEER, FAR = "310000", "320000", "340000"
OURS = f"yrd/{US}"
COUNT = 12
INCIDENT = draft(entity=f"{US}/shown")
WAYBILL = draft(waybill_body(), "waybill", entity=f"{US}/truck")


@pytest.fixture(scope="module")
def made(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delta]:
    """Three gateways that hold all of Shanghai's messages."""
    others = [draft(entity=f"{US}/{n}") for n in range(COUNT)]
    with delta(materials, tmp_path_factory.mktemp("evidence"), (US, PEER, FAR)) as running:
        running.client(US).publish([*others, INCIDENT, WAYBILL])
        running.wait_level(US, PEER, FAR)
        yield running


def evidence(made: Delta, holder: str, of: str, origin: str = "") -> GetEvidenceResponse:
    return made.client(holder).evidence(of, origin)


def keys_of(materials: Materials, *participants: str) -> list[VerifierKey]:
    return [key for p in participants for key in trusted_keys((), materials.folder / p)]


def exported(answer: GetEvidenceResponse, folder: Path) -> Path:
    write(answer, folder)
    return folder


def found(folder: Path, trusted: list[VerifierKey] | None = None, quorum: int = 1) -> Findings:
    return verify(read(folder), trusted or [], quorum)


def english(findings: Findings) -> list[str]:
    assert all(problem.zh and problem.zh != problem.en for problem in findings.problems)
    return [problem.en for problem in findings.problems]


def test_at_its_origin_every_holder_has_signed(
    made: Delta, materials: Materials, tmp_path: Path
) -> None:
    folder = exported(evidence(made, US, INCIDENT.header.message_id), tmp_path / "out")
    findings = found(folder, keys_of(materials, US, PEER, FAR), quorum=2)
    assert english(findings) == []
    assert {(s.key.name, s.good, s.trusted) for s in findings.signatures} == {
        (OURS, True, True),
        (f"yrd/{PEER}/witness", True, True),
        (f"yrd/{FAR}/witness", True, True),
    }
    assert findings.leaf.header == INCIDENT.header
    assert findings.checkpoint is not None
    assert findings.checkpoint.size == made.log(US, US).size
    assert (list(findings.disclosed), findings.missing) == (["personal.contact"], [])


def test_elsewhere_it_is_under_the_signatures_of_the_log_and_of_the_holder(
    made: Delta, materials: Materials, tmp_path: Path
) -> None:
    folder = exported(evidence(made, PEER, INCIDENT.header.message_id), tmp_path / "out")
    findings = found(folder, keys_of(materials, US, PEER))
    assert english(findings) == []
    assert {s.key.name for s in findings.signatures} == {OURS, f"yrd/{PEER}/witness"}
    assert (list(findings.disclosed), findings.missing) == ([], ["personal.contact"])


def test_it_says_under_which_clauses_each_peer_got_it(made: Delta) -> None:
    answer = evidence(made, US, WAYBILL.header.message_id)
    shared = {s.participant: (list(s.clauses), list(s.groups)) for s in answer.shared}
    assert shared == {PEER: (["hazmat-transport/corridor-crew"], ["personal.driver"])}
    here = evidence(made, PEER, WAYBILL.header.message_id)
    assert [(s.participant, list(s.groups)) for s in here.shared] == [(PEER, ["personal.driver"])]


def test_both_prove_the_same_leaf(made: Delta) -> None:
    leaves = {evidence(made, p, INCIDENT.header.message_id).leaf for p in (US, PEER, FAR)}
    assert len(leaves) == 1
    assert Leaf.FromString(leaves.pop()).stamp.origin == US


def test_keys_of_others_do_not_count(made: Delta, materials: Materials, tmp_path: Path) -> None:
    folder = exported(evidence(made, US, INCIDENT.header.message_id), tmp_path / "out")
    everyone = keys_of(materials, US, PEER, FAR)
    assert found(folder, everyone, quorum=3).ok is False
    assert english(found(folder, keys_of(materials, US, PEER), quorum=2)) == [
        "1 cosignatures by trusted keys, 2 needed"
    ]
    assert english(found(folder, keys_of(materials, PEER), quorum=1)) == [
        f"no signature of the log {OURS} by a trusted key"
    ]


def test_a_key_in_another_name_is_told_from_the_trusted_one(
    made: Delta, materials: Materials, tmp_path: Path
) -> None:
    """The folder's keys are good among themselves; whoever knows the real one sees the difference."""
    folder = exported(evidence(made, US, INCIDENT.header.message_id), tmp_path / "out")
    true = next(key for key in keys_of(materials, US) if key.kind == LOG)
    other = VerifierKey(true.name, true.kind, bytes(32))
    trusted = [other, *keys_of(materials, PEER)]
    assert f"the key of {OURS} here is not the trusted one" in english(found(folder, trusted))
    assert f"no signature of the log {OURS} by a trusted key" in english(found(folder, trusted))


def test_every_flipped_byte_is_found(made: Delta, tmp_path: Path) -> None:
    """Exhaustive over every byte of every file that claims something."""
    folder = exported(evidence(made, US, INCIDENT.header.message_id), tmp_path / "out")
    assert found(folder).ok
    shutil.rmtree(folder / "activations")  # as exhaustive for these would take long: see below
    files = [p for p in folder.rglob("*") if p.is_file() and p.suffix not in (".txt", ".json")]
    assert {str(p.relative_to(folder)).split("/")[0] for p in files} == {
        "leaf",
        "proof.tlog-proof",
        "keys",
        "disclosures",
    }
    for path in files:
        good = path.read_bytes()
        for place in range(len(good)):
            for mask in (0x01, 0x20):  # the second turns a letter's case
                path.write_bytes(good[:place] + bytes([good[place] ^ mask]) + good[place + 1 :])
                assert not found(folder).ok, (path.name, place, mask)
        path.write_bytes(good)
    assert found(folder).ok


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: next(folder.glob(name)).unlink()


def append(name: str, data: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = next(folder.glob(name))
        path.write_bytes(path.read_bytes() + data)

    return change


def rename(name: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = next(folder.glob(name))
        path.rename(path.with_name(new))

    return change


def unsigned_key(folder: Path) -> None:
    key = parse_vkey(next(folder.glob("keys/*.vkey")).read_text())
    text = encode_vkey("yrd/330000/witness", 4, key.public)
    (folder / "keys" / key_file(text)).write_text(f"{text}\n")


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "longer leaf": (append("leaf", b"\x2a\x00"), "proof: the hashes do not lead from entry"),
    "longer proof": (append("proof.*", b"\n"), "proof: not a signed note"),
    "a key taken away": (remove("keys/yrd_320000_witness-*"), "no key to verify the signature of"),
    "the log's key taken away": (remove("keys/yrd_310000-*"), f"no signature of the log {OURS}"),
    "a key that signed nothing": (unsigned_key, "no signature by yrd/330000/witness, whose key"),
    "a key with a space behind": (append("keys/yrd_340000*", b" "), "keys/yrd_340000_witness"),
    "a key under another name": (
        rename("keys/yrd_340000*", "yrd_330000_witness.vkey"),
        "keys/yrd_330000_witness.vkey is not what its name says",
    ),
    "a disclosure under another name": (
        rename("disclosures/*", "personal.driver.bin"),
        "disclosures/personal.driver.bin is not what its name says",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_other_changes_are_found_and_named(made: Delta, tmp_path: Path, name: str) -> None:
    folder = exported(evidence(made, US, INCIDENT.header.message_id), tmp_path / "out")
    change, words = CHANGES[name]
    change(folder)
    assert any(problem.startswith(words) for problem in english(found(folder)))


def test_a_disclosure_may_be_left_out_and_is_named_missing(made: Delta, tmp_path: Path) -> None:
    """Whoever passes evidence on may keep personal data back; what is there still stands."""
    folder = exported(evidence(made, US, INCIDENT.header.message_id), tmp_path / "out")
    shutil.rmtree(folder / "disclosures")
    findings = found(folder)
    assert (findings.ok, findings.missing) == (True, ["personal.contact"])


def test_the_proof_of_another_entry_does_not_fit(made: Delta, tmp_path: Path) -> None:
    one = evidence(made, US, INCIDENT.header.message_id)
    other = evidence(made, US, WAYBILL.header.message_id)
    folder = exported(one, tmp_path / "out")
    (folder / "proof.tlog-proof").write_text(other.proof)
    assert not found(folder).ok


def refusal(call: Callable[[], object]) -> ExchangeError:
    with pytest.raises(ExchangeError) as refused:
        call()
    return refused.value


@pytest.mark.parametrize("holder", [FAR, US])
def test_what_is_withheld_or_not_there_has_no_evidence_here(made: Delta, holder: str) -> None:
    """No agreement gives Anhui Shanghai's waybills; the answer does not betray whether there is one."""
    absent = "01890a5d-ac96-774b-bcce-b302099a8057"
    asked = WAYBILL.header.message_id if holder == FAR else absent
    error = refusal(lambda: evidence(made, holder, asked))
    assert (error.code, error.reason) == ("NOT_FOUND", "MESSAGE_NOT_FOUND")
    assert "ask the gateway of its origin" in error.message


def test_the_origin_may_be_named(made: Delta) -> None:
    assert evidence(made, FAR, INCIDENT.header.message_id, origin=US).leaf
    elsewhere = refusal(lambda: evidence(made, US, INCIDENT.header.message_id, origin=PEER))
    assert elsewhere.code == "NOT_FOUND"


def test_an_id_that_is_none_is_refused(made: Delta) -> None:
    assert refusal(lambda: evidence(made, US, "x")).reason == "MALFORMED_REQUEST"
    assert refusal(lambda: evidence(made, US, "")).reason == "MALFORMED_REQUEST"


def test_another_participants_system_may_not_ask(made: Delta, materials: Materials) -> None:
    stranger = client_of(made.configs[US], materials, participant=PEER)
    error = refusal(lambda: stranger.evidence(INCIDENT.header.message_id))
    assert error.reason == "NOT_PERMITTED"


def test_a_folder_with_something_in_it_is_left_alone(made: Delta, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(FolderError, match="not empty"):
        write(evidence(made, US, INCIDENT.header.message_id), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_deeply_nested_clause_is_an_error_of_the_folder(made: Delta, tmp_path: Path) -> None:
    write(evidence(made, US, INCIDENT.header.message_id), tmp_path / "out")
    (tmp_path / "out" / "clause.json").write_text("[" * 100_000)
    with pytest.raises(FolderError, match=r"clause\.json: not JSON"):
        read(tmp_path / "out")
