"""The guide's example is a configuration that can be used, and its tables name what there is."""

import re
from pathlib import Path

import pytest

from integration.kafka import cloud_events, drafts, preparing
from integration.kafka.config import load
from integration.kafka.metrics import Meter
from tests.support.builders import draft, message

ROOT = Path(__file__).resolve().parents[4]
GUIDE = (ROOT / "docs" / "kafka.md").read_text(encoding="utf-8")


def test_the_example_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    (tmp_path / "bridge.yaml").write_text(example, encoding="utf-8")
    monkeypatch.setenv("YRD_BRIDGE_LOGIN__PASSWORD", "secret")
    config = load(tmp_path / "bridge.yaml")
    assert config.login is not None
    assert config.login.password.get_secret_value() == "secret"


def test_every_reason_and_header_is_told() -> None:
    reasons = {
        value
        for name, value in vars(drafts).items()
        if name.isupper() and name[0] != "_" and isinstance(value, str)
    }
    reasons |= {preparing.TYPE_UNKNOWN, preparing.NOT_ENCODABLE, preparing.TOO_LARGE}
    headers = {name for name, _ in cloud_events.headers_of(message("310000", 1, draft()), "t", "s")}
    named = set(re.findall(r"`([a-z_-]+)`", GUIDE)) | {"content-type", "ce_specversion"}
    assert reasons | headers <= named


def test_every_metric_is_told() -> None:
    meter = Meter("310000", "in")
    meter.begins()
    meter.waits()
    meter.moved(3, ["damaged"])
    meter.behind_since(None)
    meter.behind_records(7)
    samples = {s.name: s for family in meter.registry.collect() for s in family.samples}
    assert samples["yrd_bridge_records_total"].value == 3
    assert samples["yrd_bridge_dead_letters_total"].labels["reason"] == "damaged"
    assert samples["yrd_bridge_lag_records"].value == 7
    assert samples["yrd_bridge_working"].value == 0
    told = {name for name in samples if not name.endswith("_created")}
    assert all(f"`{name}" in GUIDE for name in told)


def test_each_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"\btest_[a-z_]+\b", GUIDE))
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "tests/engines").glob("*.py")]
    assert named
    assert not {name for name in named if not any(f"def {name}(" in text for text in sources)}
