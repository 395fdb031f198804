"""Configuration: unknown keys are refused, the environment wins, paths start at the file."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.config import ConfigError, load


def write(folder: Path, **changes: Any) -> Path:
    content: dict[str, Any] = {
        "participant": "310000",
        "listen": "127.0.0.1:7310",
        "data_dir": "data",
        "agreements_dir": "agreements",
        "tls": {"ca": "ca.pem", "certificate": "c.pem", "key": "k.pem"},
        "keys": {"log": "l.key", "witness": "w.key"},
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(content | changes))
    return path


def test_relative_paths_start_at_the_file(tmp_path: Path) -> None:
    config = load(write(tmp_path))
    assert config.data_dir == tmp_path / "data"
    assert config.tls.ca == tmp_path / "ca.pem"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lissten": "x"}, r"lissten: unknown key; did you mean 'listen'\?"),
        (
            {"limits": {"max_batchs": 3}},
            r"limits.max_batchs: unknown key; did you mean 'max_batch'",
        ),
        ({"participant": "350000"}, "participant: Input should be"),
        ({"limits": {"max_batch": 0}}, "limits.max_batch: Input should be greater"),
        ({"listen": "somewhere"}, "listen: String should match"),
        (
            {
                "peers": [
                    {"participant": "310000", "address": "a:1", "log_key": "", "witness_key": ""}
                ]
            },
            "not its own peer",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load(write(tmp_path, **changes))


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YRD_LISTEN", "127.0.0.1:9999")
    monkeypatch.setenv("YRD_LIMITS__MAX_BATCH", "7")
    config = load(write(tmp_path))
    assert (config.listen, config.limits.max_batch) == ("127.0.0.1:9999", 7)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.yaml: can't be read"):
        load(tmp_path / "nothing.yaml")
