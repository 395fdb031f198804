"""`yrd certs`, `config check` and `gateway serve`: files that are wrong are named before all else."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509

from integration.stack import Stack, prepare
from tests.support.commands import yrd
from tests.support.processes import end
from tests.support.processes import yrd as start


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared folder, nothing of it running."""
    return prepare(tmp_path_factory.mktemp("files") / "stack").folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it to be spoiled."""
    return shutil.copytree(made, tmp_path / "stack")


def _change(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    path = folder / "310000" / "config.yaml"
    content = yaml.safe_load(path.read_text())
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True))
    return path


def test_a_good_configuration(folder: Path) -> None:
    ran = yrd("config", "check", folder / "310000" / "config.yaml")
    assert (ran.status, ran.err) == (0, "")
    assert "good; 310000, 4 peers, 2 agreements" in ran.out


SEPARATION = [
    (
        [{"system": "console", "roles": ["administrator", "auditor"]}],
        "'console' is administrator and auditor",
    ),
    (
        [{"system": "*", "roles": ["security"]}, {"system": "a", "roles": ["auditor"]}],
        "'a' is security and",
    ),
]


@pytest.mark.parametrize(("clients", "words"), SEPARATION)
def test_roles_that_belong_apart_are_warned_about(
    folder: Path, clients: list[dict[str, Any]], words: str
) -> None:
    ran = yrd("config", "check", _change(folder, lambda c: c.update(clients=clients)))
    assert ran.status == 0
    assert ran.err.startswith("warning: ") and words in ran.err and "三员分立" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_roles_that_are_apart_are_not_warned_about(folder: Path) -> None:
    roles = ("administrator", "security", "auditor")
    clients = [{"system": role, "roles": [role, "subscriber"]} for role in roles]
    ran = yrd("config", "check", _change(folder, lambda c: c.update(clients=clients)))
    assert (ran.status, ran.err) == (0, "")


CHANGES: list[tuple[Callable[[dict[str, Any]], object], list[str]]] = [
    (lambda c: c.update(lissten=c.pop("listen")), ["lissten", "did you mean 'listen'?"]),
    (lambda c: c.update(limits={"max_bach": 3}), ["limits.max_bach", "did you mean 'max_batch'?"]),
    (lambda c: c["tls"].update(keey=1), ["tls.keey", "did you mean 'key'?"]),
    (lambda c: c["keys"].update(log="../no.key"), ["keys", "no.key", "No such file"]),
    (lambda c: c["keys"].update(log="../agreements/transport.yaml"), ["keys", "transport.yaml"]),
    (lambda c: c["tls"].update(ca="../no.pem"), ["tls", "no.pem", "No such file"]),
    (lambda c: c.update(agreements_dir="nowhere"), ["agreements_dir", "nothing is shared"]),
    (lambda c: c["peers"][0].update(log_key="yrd/x+1"), ["peers.320000"]),
    (lambda c: c["peers"].append(c["peers"][0]), ["name each participant once"]),
    (lambda c: c.update(participant="350000"), ["participant"]),
    (lambda c: c.pop("listen"), ["listen"]),
]


@pytest.mark.parametrize(
    ("change", "words"), CHANGES, ids=[" ".join(words[:2]) for _, words in CHANGES]
)
def test_what_is_wrong_is_named(
    folder: Path, change: Callable[[dict[str, Any]], object], words: list[str]
) -> None:
    ran = yrd("config", "check", _change(folder, change))
    assert (ran.status, ran.out) == (2, "")
    for word in words:
        assert word in ran.err


@pytest.mark.parametrize(
    ("change", "words"), CHANGES, ids=[" ".join(words[:2]) for _, words in CHANGES]
)
def test_with_a_wrong_file_no_gateway_runs(
    folder: Path, change: Callable[[dict[str, Any]], object], words: list[str]
) -> None:
    """The process says why, and ends."""
    process = start(
        ["gateway", "serve", "--config", str(_change(folder, change))], folder / "output"
    )
    try:
        assert process.wait(10) == 2
    finally:
        end(process)
    for word in words:
        assert word in (folder / "output").read_text()


AGREEMENTS = [
    ("types: [yrd.incident.v1.IncidentReport]", "types: [yrd.accident.*]", "names no type"),
    ("disclose: [personal.contact]", "disclose: [personal.phone]", "is no group of these types"),
    ("valid_until: 2030-12-31", "valid_until: 2020-12-31", "valid_until"),
    ("clauses:", "clauses: [", "not YAML"),
    ("purpose:", "purposes:", "purpose"),
]


@pytest.mark.parametrize(("old", "new", "words"), AGREEMENTS)
def test_a_wrong_agreement_is_named(folder: Path, old: str, new: str, words: str) -> None:
    path = folder / "agreements" / "emergency.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    ran = yrd("config", "check", folder / "310000" / "config.yaml")
    assert ran.status == 2
    assert "agreements/emergency.yaml" in ran.err
    assert words in ran.err


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "check the path"), ("- a\n", "expected keys and values"), ("a: [", "not YAML")],
)
def test_a_file_that_is_no_configuration(tmp_path: Path, content: str | None, words: str) -> None:
    path = tmp_path / "config.yaml"
    if content is not None:
        path.write_text(content)
    ran = yrd("config", "check", path)
    assert ran.status == 2
    assert str(path) in ran.err
    assert words in ran.err


def test_certificates_are_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "certs"
    assert yrd("certs", "init", "--dir", folder).status == 0
    before = (folder / "ca.key").read_bytes()
    again = yrd("certs", "init", "--dir", folder)
    assert again.status == 2
    assert str(folder / "ca.pem") in again.err
    assert "choose another folder" in again.err
    assert (folder / "ca.key").read_bytes() == before


def test_secrets_are_for_their_owner_alone(made: Path) -> None:
    keys = list((made / "certs").rglob("*.key"))
    assert len(keys) == 1 + 5 * 4
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}


def test_a_certificate_for_one_more_system(folder: Path) -> None:
    ran = yrd(
        "certs", "issue", "--dir", folder / "certs", "--participant", "310000", "--system", "desk"
    )
    assert ran.status == 0
    path = Path(ran.out.strip())
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [
        "yrd://participant/310000/desk"
    ]
    assert path.with_suffix(".key").exists()


def test_without_a_ca_one_is_told_how_to_make_one(tmp_path: Path) -> None:
    ran = yrd("certs", "issue", "--dir", tmp_path, "--participant", "310000", "--system", "desk")
    assert ran.status == 2
    assert f"yrd certs init --dir {tmp_path}" in ran.err


TARGETS = [
    ([], 2, "--dir FOLDER --as PARTICIPANT, or --target and --certs"),
    (["--target", "127.0.0.1:9"], 2, "--certs"),
    (["--target", "127.0.0.1:9", "--certs", "/nowhere"], 2, "/nowhere/ca.pem"),
    (["--dir", "/nowhere"], 2, "yrd up --dir /nowhere"),
]


@pytest.mark.parametrize("command", [["status"], ["list"], ["tail"], ["get", "x"], ["publish"]])
@pytest.mark.parametrize(("options", "status", "words"), TARGETS)
def test_which_gateway_must_be_said(
    command: list[str], options: list[str], status: int, words: str
) -> None:
    ran = yrd(*command, *options)
    assert ran.status == status
    assert words in ran.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--as", "350000"], "one of 310000, 320000, 330000, 340000, joint"),
        (["--as", "310000", "--system", "nobody"], "nobody.pem"),
    ],
)
def test_a_strange_caller_is_named(folder: Path, options: list[str], words: str) -> None:
    ran = yrd("status", "--dir", folder, *options)
    assert ran.status == 2
    assert words in ran.err


COMMANDS = [["status"], ["list"], ["tail"], ["get", "01890a5d-ac96-774b-bcce-b302099a8057"]]


@pytest.mark.parametrize("command", COMMANDS, ids=[words[0] for words in COMMANDS])
def test_no_answer_is_a_status_of_its_own(command: list[str], folder: Path) -> None:
    ran = yrd(*command, "--dir", folder)
    assert (ran.status, ran.out) == (3, "")
    assert "no gateway answers" in ran.err
    assert "yrd up" in ran.err


def test_publishing_to_nobody(folder: Path) -> None:
    draft = yrd("template", "incident_report").out
    ran = yrd("publish", "--dir", folder, "--as", "310000", stdin=draft)
    assert (ran.status, ran.out) == (3, "")
    assert "no gateway answers" in ran.err


def test_a_foreign_certificate_is_no_ticket(stack: Stack, folder: Path) -> None:
    """Another CA's: the connection fails, and that is what is said."""
    (folder / "certs" / "310000" / "ca.pem").write_bytes((folder / "certs" / "ca.pem").read_bytes())
    address = stack.members["310000"].address
    ran = yrd("status", "--target", address, "--certs", folder / "certs" / "310000")
    assert ran.status == 3
    assert "certificate" in ran.err


def test_a_certificate_renewed_and_one_revoked(folder: Path) -> None:
    certs = folder / "certs"
    before = (certs / "310000" / "console.pem").read_bytes()
    which = ["--dir", certs, "--participant", "310000", "--system", "console"]
    assert yrd("certs", "renew", *which).status == 0
    fresh = x509.load_pem_x509_certificate((certs / "310000" / "console.pem").read_bytes())
    assert fresh != x509.load_pem_x509_certificate(before)
    ran = yrd("certs", "revoke", *which)
    assert (ran.status, ran.err) == (0, "")
    listed = x509.load_pem_x509_crl((certs / "crl.pem").read_bytes())
    assert [one.serial_number for one in listed] == [fresh.serial_number]
    assert f"{fresh.serial_number:x}" in ran.out
    again = yrd("certs", "revoke", *which)
    assert again.status == 2 and "revoked already" in again.err
    assert yrd("certs", "renew", *which[:-1], "nobody").status == 2


def test_new_signing_keys_come_with_the_steps_to_bring_them_into_use(folder: Path) -> None:
    own = folder / "certs" / "310000"
    command = ["certs", "rotate-keys", "--dir", folder / "certs", "--participant", "310000"]
    ran = yrd(*command)
    assert (ran.status, ran.err) == (0, "")
    for name in ("log", "witness", "log-new", "witness-new"):
        assert (own / f"{name}.vkey").read_text().strip() in ran.out
    assert [
        line[:2] for line in ran.out.splitlines() if line[1:2] == " " and line[0].isdigit()
    ] == [
        "1 ",
        "2 ",
        "3 ",
        "4 ",
    ]
    again = yrd(*command)
    assert again.status == 2 and "choose another --mark" in again.err
