"""A stack's folder: made once, completed where something is missing, never written over."""

import json
import shutil
from pathlib import Path

import pytest

from gateway.app import check_files
from gateway.config import load
from integration.certs import PARTICIPANTS
from integration.stack import StackError, prepare


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("unit") / "stack").folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy to be spoiled."""
    return shutil.copytree(made, tmp_path / "stack")


def _content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_configuration_is_good(made: Path) -> None:
    for name, member in prepare(made).members.items():
        config = load(member.config)
        assert check_files(config) == 2
        assert config.listen == member.address
        assert {peer.participant for peer in config.peers} == {*PARTICIPANTS} - {name}


def test_everyone_knows_the_others_by_address_and_key(made: Path) -> None:
    members = prepare(made).members
    assert len({member.address for member in members.values()}) == len(PARTICIPANTS)
    for member in members.values():
        for peer in load(member.config).peers:
            assert peer.address == (members[peer.participant].address,)
            own = members[peer.participant].certs
            assert [k.key for k in peer.log_key] == [(own / "log.vkey").read_text().strip()]
            assert [k.key for k in peer.witness_key] == [(own / "witness.vkey").read_text().strip()]


def test_a_second_time_changes_nothing(folder: Path) -> None:
    before = _content(folder)
    prepare(folder)
    assert _content(folder) == before


@pytest.mark.parametrize("part", ["agreements", "320000", "logs"])
def test_what_is_missing_is_made_and_the_rest_stays(folder: Path, part: str) -> None:
    before = _content(folder)
    shutil.rmtree(folder / part)
    prepare(folder)
    assert _content(folder) == before


def test_an_operators_changes_stay(folder: Path) -> None:
    config = folder / "310000" / "config.yaml"
    config.write_text(f"{config.read_text()}# ours\n")
    (folder / "agreements" / "transport.yaml").unlink()
    before = _content(folder)
    prepare(folder)
    assert _content(folder) == before


def test_what_was_broken_off_half_way_is_made_whole(tmp_path: Path) -> None:
    (tmp_path / ".certs.new" / "310000").mkdir(parents=True)
    (tmp_path / ".certs.new" / "ca.pem").write_text("half")
    (tmp_path / "310000").mkdir()
    (tmp_path / "310000" / "config.new").write_text("half")
    (tmp_path / "stack.new").write_text("half")
    for member in prepare(tmp_path).members.values():
        check_files(load(member.config))
    assert not (tmp_path / ".certs.new").exists()


ALL_BUT_ONE = json.dumps({"ports": dict.fromkeys(PARTICIPANTS[1:], 7000)})


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"ports": null}', '{"ports": {"310000": "x"}}', ALL_BUT_ONE],
)
def test_a_strange_file_of_ports_is_named(folder: Path, text: str) -> None:
    (folder / "stack.json").write_text(text)
    with pytest.raises(StackError, match=r"stack\.json: .*remove it or use another folder"):
        prepare(folder)


def test_a_relative_folder_is_found_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    members = prepare(Path("here")).members
    assert all(member.config.is_absolute() for member in members.values())
