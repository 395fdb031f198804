"""yrd contracts verify and prepare, as a person types them."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from gateway.config import load
from gateway.store.round import Round
from integration.kit import setup
from integration.kit.explaining import explain
from integration.kit.model import PROFILES
from integration.kit.running import all_groups
from integration.kit.setup import SetupError
from tests.contract.kit.under_test import UnderTest, make_folder, under_test
from tests.support.commands import yrd
from tests.support.running import free_port

FEW = ("--only", "revisions/st*", "--only", "quota/others-are-not-kept-waiting")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("commands") / "kit")


@pytest.fixture(scope="module")
def target(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[UnderTest]:
    with under_test(folder, tmp_path_factory.mktemp("data")) as running:
        yield running


def verify(target: UnderTest, folder: Path, *more: object) -> tuple[str, ...]:
    return (
        "contracts",
        "verify",
        "--target",
        target.config.listen,
        "--certs",
        str(folder),
        *map(str, more),
    )


def test_a_run_that_passes(target: UnderTest, folder: Path, tmp_path: Path) -> None:
    ran = yrd(*verify(target, folder, *FEW, "--junit", tmp_path / "j.xml"))
    assert ran.status == 0, ran.out + ran.err
    assert "revisions" in ran.out
    assert "all as expected" in ran.out
    assert len(ET.parse(tmp_path / "j.xml").getroot().findall("testsuite/testcase")) == 3


def test_results_as_json(target: UnderTest, folder: Path) -> None:
    ran = yrd(*verify(target, folder, "--only", "revisions/equal", "--json"))
    assert [(c["case"], c["status"]) for c in ran.json()] == [("revisions/equal", "passed")]


def test_a_case_that_fails_ends_with_1(
    target: UnderTest, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Round, "standings", lambda *_: {})
    ran = yrd(*verify(target, folder, "--only", "revisions/equal"))
    assert ran.status == 1
    assert "expected draft 0: a refusal REVISION_STALE; came accepted" in " ".join(ran.out.split())


@pytest.mark.parametrize(("broken", "status"), [(True, 0), (False, 1)])
def test_known_failing(
    target: UnderTest,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: bool,
    status: int,
) -> None:
    if broken:
        monkeypatch.setattr(Round, "standings", lambda *_: {})
    known = tmp_path / "known"
    known.write_text("revisions/equal\n")
    ran = yrd(*verify(target, folder, "--only", "revisions/equal", "--known-failing", known))
    assert ran.status == status
    assert ("known to fail" if broken else "remove line 1") in " ".join(ran.out.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--target HOST:PORT"),
        (("--target", "127.0.0.1:1"), "--certs DIR"),
        (("--profile", "big"), "--profile 'big': one of basic"),
        (("--only", "revisons"), "--only 'revisons'"),
        (("--explain", "revisions/stole"), "--explain 'revisions/stole'"),
        (("--target", "127.0.0.1:1", "--certs", "nowhere"), "yrd contracts prepare"),
        (("--target", "x", "--certs", ".", "--known-failing", "nowhere"), "can't be read"),
        (("--client",), "--client needs --certs"),
    ],
)
def test_bad_usage_ends_with_2(arguments: tuple[str, ...], words: str) -> None:
    ran = yrd("contracts", "verify", *arguments)
    assert ran.status == 2
    assert words in ran.err


def test_no_gateway_ends_with_3(folder: Path) -> None:
    where = f"127.0.0.1:{free_port()}"
    ran = yrd("contracts", "verify", "--target", where, "--certs", folder, "--only", "quota")
    assert ran.status == 3
    assert f"no gateway answers at {where}" in ran.err


@pytest.mark.parametrize("profile", PROFILES)
def test_list_names_the_cases_of_a_profile(profile: str) -> None:
    ran = yrd("contracts", "verify", "--list", "--profile", profile, "--json")
    assert ran.status == 0
    within = PROFILES[: PROFILES.index(profile) + 1]
    assert {case["profile"] for case in ran.json()} == set(within)


def test_list_for_people() -> None:
    ran = yrd("contracts", "verify", "--list", "--only", "revisions")
    assert "revisions/stale" in ran.out
    assert "旧修订被拒" in ran.out


def test_explain_teaches() -> None:
    ran = yrd("contracts", "verify", "--explain", "revisions/stale")
    assert ran.status == 0
    for words in (
        "# revisions/stale",
        "旧修订被拒 · An older revision is refused",
        "## What it does",
        "REVISION_STALE",
        "## Why the contract asks for it",
        "Revision of the entity; each later one is higher.",
        "## An example request",
        '"resourceStatus"',
        "## What to check in your implementation",
    ):
        assert words in ran.out


def test_every_case_can_be_explained() -> None:
    for group in all_groups():
        for case in group.cases:
            assert case.about in explain(case)


def test_prepare_makes_what_a_gateway_needs(tmp_path: Path) -> None:
    ran = yrd(
        "contracts", "prepare", tmp_path / "kit", "--participant", "330000", "--host", "gw.example"
    )
    assert ran.status == 0, ran.err
    made = setup.load(tmp_path / "kit")
    config = load(tmp_path / "kit" / "gateway.yaml")
    assert (made.participant, made.peer, made.stranger) == ("330000", "340000", "310000")
    assert config.participant == "330000"
    assert [peer.participant for peer in config.peers] == ["340000"]
    for role in made.roles:
        pair = made.pair(role)
        assert pair is None or all(path.exists() for path in pair)
    readme = (tmp_path / "kit" / "README.md").read_text(encoding="utf-8")
    for words in (
        "330000",
        "gateway-log.key",
        config.peers[0].log_key[0].key,
        "--target HOST:PORT",
    ):
        assert words in readme
    assert (tmp_path / "kit" / "ca.key").stat().st_mode & 0o077 == 0


def test_prepare_touches_nothing_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    ran = yrd("contracts", "prepare", tmp_path)
    assert ran.status == 2
    assert "is not empty" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_prepare_for_nobody(tmp_path: Path) -> None:
    ran = yrd("contracts", "prepare", tmp_path / "kit", "--participant", "joint")
    assert ran.status == 2
    assert "'joint': one of 310000" in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"participants": "x"}, "participants: unknown key"),
        ({"hooks": {"explode": "x"}}, "hooks.explode: unknown hook"),
        ({"roles": None}, "roles"),
    ],
)
def test_a_bad_kit_yaml_is_explained(
    folder: Path, tmp_path: Path, change: dict[str, object], words: str
) -> None:
    content = yaml.safe_load((folder / "kit.yaml").read_text(encoding="utf-8")) | change
    content = {key: value for key, value in content.items() if value is not None}
    (tmp_path / "kit.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(SetupError, match=words):
        setup.load(tmp_path)
