"""The people's file, and who is known by what they show."""

import os
import time
from pathlib import Path

import pytest
import yaml

from gateway.settings_file import ConfigError
from integration.acts.people import Roll, load
from integration.acts.refusals import NotNow
from integration.acts.seam import Role
from integration.acts.showing import certificate, of_certificate, of_issuer
from integration.certs import load_authority
from tests.support.certificates import issue_with_uris
from tests.support.materials import Materials

URI = "spiffe://sh.example/person/0421"
OFFICER = {"id": "sh-0421", "roles": ["duty_officer"], "known_by": [{"uri": URI}]}
APPROVER = {"id": "sh-0077", "roles": ["approver", "viewer"], "known_by": [{"oidc_subject": "u77"}]}


def written(path: Path, *people: object) -> Path:
    path.write_text(yaml.safe_dump({"people": list(people)}), encoding="utf-8")
    return path


@pytest.fixture
def pem(materials: Materials, tmp_path: Path) -> bytes:
    issue_with_uris(load_authority(materials.folder), tmp_path, "officer", [URI])
    return (tmp_path / "officer.pem").read_bytes()


def test_a_person_is_known_by_each_mark_of_a_certificate(pem: bytes, tmp_path: Path) -> None:
    shown = of_certificate(pem)
    assert shown is not None
    marks = dict(shown[0].marks)
    assert set(marks) == {"uri", "fingerprint", "serial", "subject"}
    for name, value in marks.items():
        people = load(written(tmp_path / "p.yaml", OFFICER | {"known_by": [{name: value}]}))
        person = people.known(shown[0])
        assert person is not None, name
        assert (person.id, person.roles) == ("sh-0421", frozenset((Role.DUTY_OFFICER,)))
        assert person.credential == marks["fingerprint"]


def test_what_an_issuer_says_is_not_taken_for_a_certificate(pem: bytes, tmp_path: Path) -> None:
    people = load(written(tmp_path / "p.yaml", OFFICER, APPROVER))
    shown = of_certificate(pem)
    assert shown is not None
    found = [people.known(s) for s in (shown[0], of_issuer("https://id", "u77"))]
    assert [person and person.id for person in found] == ["sh-0421", "sh-0077"]
    assert people.known(of_issuer("https://id", URI)) is None
    assert people.known(of_issuer("https://id", "u78")) is None


def test_a_certificate_that_is_over_shows_nothing(pem: bytes) -> None:
    now = time.time()
    assert certificate(pem, now) is not None
    assert certificate(pem, now + 2 * 86_400) is None
    assert certificate(None, now) is None
    assert certificate(b"no certificate", now) is None


def test_who_is_known_as_two_is_nobody(pem: bytes, tmp_path: Path) -> None:
    shown = of_certificate(pem)
    assert shown is not None
    other = {
        "id": "b",
        "roles": ["viewer"],
        "known_by": [{"serial": dict(shown[0].marks)["serial"]}],
    }
    assert load(written(tmp_path / "p.yaml", OFFICER, other)).known(shown[0]) is None


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ([OFFICER, OFFICER], "sh-0421 stands there twice"),
        ([OFFICER, OFFICER | {"id": "b"}], r"are both known by uri 'spiffe://.*belongs to one"),
        ([OFFICER | {"known_by": [{}]}], "name one of uri, fingerprint"),
        ([OFFICER | {"known_by": [{"uri": "a", "serial": "1"}]}], "these are 2"),
        ([OFFICER | {"roles": ["boss"]}], r"people\.0\.roles.*duty_officer"),
        ([OFFICER | {"name": "沈"}], r"people\.0\.name: unknown key"),
        ([OFFICER | {"id": "沈 值守"}], r"people\.0\.id"),
        ([], "people: "),
    ],
)
def test_what_is_wrong_is_named(people: list[object], words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=words):
        load(written(tmp_path / "p.yaml", *people))


def test_who_is_taken_out_is_nobody_at_once(tmp_path: Path) -> None:
    path = written(tmp_path / "p.yaml", OFFICER, APPROVER)
    roll, shows = Roll(path), of_issuer("https://id", "u77")
    assert roll.current().known(shows) is not None
    written(path, OFFICER)
    os.utime(path, ns=(1, 1))
    assert roll.current().known(shows) is None
    path.write_text("people: [", encoding="utf-8")
    with pytest.raises(NotNow, match=r"file can't be read; call the operator"):
        roll.current()
    path.unlink()
    with pytest.raises(NotNow, match="call the operator"):
        roll.current()
