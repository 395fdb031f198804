"""The clause that shared a message is proved offline by the log entry that brought it into force."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from integration.evidence import report
from integration.evidence.folder import FolderError, read, write
from integration.evidence.verify import Verified, trusted_keys, verify_all
from integration.stack import AGREEMENTS
from tests.support.bodies import waybill_body
from tests.support.builders import draft
from tests.support.delta import Delta, delta
from tests.support.materials import Materials

US, PEER, FAR = "310000", "320000", "340000"
CORRIDOR = "hazmat-transport/corridor-crew"
WAYBILL = draft(waybill_body(), "waybill", entity=f"{US}/truck")


@pytest.fixture(scope="module")
def made(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delta]:
    """Three gateways; Shanghai's waybill is Jiangsu's to see, and not Anhui's."""
    with delta(materials, tmp_path_factory.mktemp("clauses"), (US, PEER, FAR)) as running:
        running.client(US).publish([WAYBILL])
        running.wait_level(US, PEER, FAR)
        yield running


@pytest.fixture(scope="module")
def exported(made: Delta, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The waybill's evidence, as Shanghai exports it."""
    folder = tmp_path_factory.mktemp("exported") / "out"
    write(made.client(US).evidence(WAYBILL.header.message_id), folder)
    return folder


@pytest.fixture
def folder(exported: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return shutil.copytree(exported, tmp_path / "out")


def verified(folder: Path, materials: Materials) -> Verified:
    trusted = [key for p in (US, PEER, FAR) for key in trusted_keys((), materials.folder / p)]
    return verify_all(read(folder), trusted, 1)


def verdicts(found: Verified) -> list[tuple[str, str, str]]:
    return [(one.participant, one.clause, one.verdict) for one in found.clauses]


def wrong(found: Verified) -> list[str]:
    assert all(problem.zh != problem.en for problem in found.findings.problems)
    return [problem.en for problem in found.findings.problems]


def printed(folder: Path, found: Verified) -> str:
    return "\n".join(report.lines(found.findings, read(folder).shared, found.clauses, trusted=True))


def test_at_its_origin_the_clause_is_proven_with_its_terms(
    exported: Path, materials: Materials
) -> None:
    found = verified(exported, materials)
    assert (wrong(found), verdicts(found)) == ([], [(PEER, CORRIDOR, "proven")])
    (activation,) = [one.activation for one in found.clauses]
    assert activation is not None
    text = (AGREEMENTS / "transport.yaml").read_bytes()
    assert (
        text
        in (
            exported / "activations" / str(activation.index) / "disclosures" / "agreement.text.bin"
        ).read_bytes()
    )
    told = printed(exported, found)
    assert f"entry {activation.index}, 协议原文 text SHA-256 {activation.text_sha256.hex()}" in told
    assert activation.agreement is not None
    assert f"legal basis: {activation.agreement.legal_basis}" in told
    assert "that nothing withdrew it in between is not shown" in told
    assert "NOT PROVEN" not in told


def test_who_received_it_proves_the_clause_as_well(
    made: Delta, materials: Materials, tmp_path: Path
) -> None:
    write(made.client(PEER).evidence(WAYBILL.header.message_id), tmp_path / "out")
    found = verified(tmp_path / "out", materials)
    assert (wrong(found), verdicts(found)) == ([], [(PEER, CORRIDOR, "proven")])


def test_what_needs_no_agreement_is_said_to(
    made: Delta, materials: Materials, tmp_path: Path
) -> None:
    (activation, *_) = [m for m in made.client(US).messages() if m.HasField("agreement_activation")]
    write(made.client(US).evidence(activation.header.message_id), tmp_path / "out")
    found = verified(tmp_path / "out", materials)
    assert wrong(found) == []
    assert {verdict for _, _, verdict in verdicts(found)} == {"builtin"}
    assert "it needs no agreement" in printed(tmp_path / "out", found)


def test_without_its_activation_a_clause_is_the_exporters_word_alone(
    folder: Path, materials: Materials
) -> None:
    shutil.rmtree(folder / "activations")
    found = verified(folder, materials)
    assert (wrong(found), verdicts(found)) == ([], [(PEER, CORRIDOR, "not shown")])
    told = printed(folder, found)
    assert "NOT PROVEN: 文件夹中没有该协议的生效条目" in told
    assert "it is the exporting gateway's word alone" in told


def test_without_the_text_the_activation_alone_proves_nothing(
    folder: Path, materials: Materials
) -> None:
    shutil.rmtree(next(folder.glob("activations/*/disclosures")))
    found = verified(folder, materials)
    assert (wrong(found), verdicts(found)) == ([], [(PEER, CORRIDOR, "not readable")])
    assert "is here without the agreement's text" in printed(folder, found)


def test_a_claim_without_a_clause_is_not_proven(folder: Path, materials: Materials) -> None:
    claim(folder, clauses=[])
    found = verified(folder, materials)
    assert (wrong(found), verdicts(found)) == ([], [])
    assert "NOT PROVEN: 未指明条款 no clause is named" in printed(folder, found)


def claim(folder: Path, **changes: Any) -> None:
    path = folder / "clause.json"
    (one,) = json.loads(path.read_text())
    path.write_text(json.dumps([one | changes]))


@pytest.mark.parametrize(
    "changes",
    [
        {"clauses": ["hazmat-transport/there-is-none"]},
        {"clauses": ["builtin/erasure-to-all"]},
        {"participant": FAR},
        {"participant": US},
        {"groups": ["personal.driver", "personal.contact"]},
    ],
    ids=str,
)
def test_a_claim_that_the_log_contradicts_is_wrong(
    folder: Path, materials: Materials, changes: dict[str, Any]
) -> None:
    claim(folder, **changes)
    found = verified(folder, materials)
    assert {verdict for _, _, verdict in verdicts(found)} == {"contradicted"}
    assert all(
        text.startswith("clause.json: by the agreements in the log") for text in wrong(found)
    )
    assert not found.findings.ok


@pytest.mark.parametrize(
    "said",
    [
        b'[{"clauses": "a/b"}]',
        b'[{"participant": ["310000"]}]',
        b'[{"groups": [1]}]',
        b'[{"clauses": ["\\ud800"]}]',
        b'[{"clauses": {"a": {}}}]',
        b'[{"groups": 7}]',
    ],
)
def test_a_claim_that_is_none_is_refused(folder: Path, said: bytes) -> None:
    (folder / "clause.json").write_bytes(said)
    with pytest.raises(FolderError, match=r"clause\.json: not a list of participants and clauses"):
        read(folder)


def test_keys_that_are_not_known_are_left_aside(folder: Path) -> None:
    (folder / "clause.json").write_bytes(b'[{"cla\xed\xa0\x80s": [], "participant": "320000"}]')
    assert [one.participant for one in read(folder).shared] == ["320000"]


def in_the_text(folder: Path) -> None:
    path = next(folder.glob("activations/*/disclosures/*"))
    path.write_bytes(path.read_bytes().replace(b"corridor", b"corridir", 1))


def in_the_leaf(folder: Path) -> None:
    path = next(folder.glob("activations/*/leaf"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def of_another_entry(folder: Path) -> None:
    """An entry of the same log, well proved, that is no activation."""
    for name in ("leaf", "proof.tlog-proof"):
        shutil.copy(folder / name, next(folder.glob("activations/*")) / name)
    shutil.rmtree(next(folder.glob("activations/*/disclosures")))


def at_another_place(folder: Path) -> None:
    path = next(folder.glob("activations/*"))
    path.rename(path.with_name("77"))


def under_another_name(folder: Path) -> None:
    path = next(folder.glob("activations/*/disclosures/*"))
    path.rename(path.with_name("personal.driver.bin"))


CHANGES: dict[Callable[[Path], None], str] = {
    in_the_text: "the disclosure of group 'agreement.text' is not the one in the entry",
    in_the_leaf: "proof: the hashes do not lead from entry",
    of_another_entry: "not the activation at that place of the same log",
    at_another_place: "not the activation at that place of the same log",
    under_another_name: "is not what its name says",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_an_activation_that_was_changed_is_found(
    folder: Path, materials: Materials, change: Callable[[Path], None]
) -> None:
    change(folder)
    found = verified(folder, materials)
    assert any(CHANGES[change] in text for text in wrong(found)), wrong(found)
    assert "proven" not in {verdict for _, _, verdict in verdicts(found)}
