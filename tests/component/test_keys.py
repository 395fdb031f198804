"""Signing keys as a configuration lists them."""

from pathlib import Path
from typing import Any

import pytest

from gateway.config import ConfigError
from gateway.keys import read_keys
from integration import certs
from tests.support.materials import Materials


def listed(materials: Materials, participant: str, kind: str = "log") -> str:
    return (materials.folder / participant / f"{kind}.vkey").read_text().strip()


def peer(materials: Materials, **changes: Any) -> dict[str, Any]:
    return materials.peer("320000", "127.0.0.1:9") | changes


def test_the_first_key_signs_and_the_others_sign_along(
    materials: Materials, tmp_path: Path
) -> None:
    certs.make_signing_keys(tmp_path / "new", "310000")
    old, new = materials.folder / "310000" / "log.key", tmp_path / "new" / "log.key"
    witness = materials.folder / "310000" / "witness.key"
    config = materials.config(
        "310000", 1, tmp_path, keys={"log": [new, old], "witness": witness, "retired": []}
    )
    keys = read_keys(config)
    assert [k.key_id.hex() for _, k in keys.signer.keys] == [
        (folder / "log.vkey").read_text().split("+")[1] for folder in (new.parent, old.parent)
    ]
    assert keys.own_log.current == [k for _, k in keys.signer.keys]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (lambda m: {"log_key": listed(m, "330000")}, r"peers\.320000\.log_key: yrd/330000"),
        (
            lambda m: {"log_key": listed(m, "320000", "witness")},
            "yrd/320000/witness .kind 4. is not",
        ),
        (lambda m: {"witness_key": [listed(m, "320000")]}, r"witness_key: yrd/320000 .kind 1."),
        (lambda m: {"log_key": []}, "at least one that is not retired"),
        (
            lambda m: {"log_key": [{"key": listed(m, "320000"), "retired": True}]},
            "at least one that is not retired",
        ),
        (lambda m: {"log_key": [listed(m, "320000"), "yrd/x+1"]}, "not a verifier key"),
    ],
)
def test_what_is_wrong_with_a_peers_keys_is_named(
    materials: Materials, tmp_path: Path, changes: Any, words: str
) -> None:
    config = materials.config("310000", 1, tmp_path, peers=[peer(materials, **changes(materials))])
    with pytest.raises(ConfigError, match=words):
        read_keys(config)


def test_a_retired_key_of_ones_own_must_be_ones_own(materials: Materials, tmp_path: Path) -> None:
    own = materials.folder / "310000"
    keys = {"log": own / "log.key", "witness": own / "witness.key"}
    config = materials.config(
        "310000", 1, tmp_path, keys=keys | {"retired": [listed(materials, "320000")]}
    )
    with pytest.raises(ConfigError, match="yrd/320000 is no key of 310000"):
        read_keys(config)


def test_keys_taken_over_are_named(materials: Materials, tmp_path: Path) -> None:
    certs.make_signing_keys(tmp_path, "310000")
    own = materials.folder / "310000"
    keys = {"log": own / "log.key", "witness": own / "witness.key"}
    peers = [peer(materials)]
    before = read_keys(materials.config("310000", 1, tmp_path, peers=peers))
    ring = before.logs["320000"]
    certs.make_signing_keys(tmp_path / "320000", "320000")
    fresh = (tmp_path / "320000" / "log.vkey").read_text().strip()
    retired = [{"key": listed(materials, "320000"), "retired": True}, fresh]
    after = read_keys(
        materials.config(
            "310000",
            1,
            tmp_path,
            keys=keys | {"log": tmp_path / "log.key", "retired": [listed(materials, "310000")]},
            peers=[peer(materials, log_key=retired)],
        )
    )
    assert before.take(after) == ["log key", "log keys of 320000", "own log keys"]
    assert before.logs["320000"] is ring
    assert [k.retired for k in ring.keys] == [True, False]
    assert before.signer.verifier == after.signer.verifier
    assert before.take(after) == []
