"""A bridge's configuration: paths start at the file, the environment wins, what is wrong is named."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.settings_file import ConfigError
from integration.kafka.config import load
from integration.kafka.connecting import client_settings
from integration.kafka.topics import wanted


def write(folder: Path, **changes: Any) -> Path:
    content: dict[str, Any] = {
        "id": "310000",
        "brokers": "127.0.0.1:9092",
        "gateway": {"address": "127.0.0.1:7310", "ca": "a.pem", "certificate": "c.pem", "key": "k"},
    }
    path = folder / "bridge.yaml"
    path.write_text(yaml.safe_dump(content | changes))
    return path


def test_relative_paths_start_at_the_file(tmp_path: Path) -> None:
    tls = {"ca": "kafka.pem"}
    config = load(write(tmp_path, tls=tls, registry={7: "incident.avsc", 8: "yrd.x"}))
    assert config.gateway.ca == tmp_path / "a.pem"
    assert config.tls is not None
    assert config.tls.ca == tmp_path / "kafka.pem"
    assert config.registry == {7: str(tmp_path / "incident.avsc"), 8: "yrd.x"}


def test_a_password_comes_from_the_environment_and_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YRD_BRIDGE_LOGIN__PASSWORD", "secret")
    monkeypatch.setenv("YRD_BRIDGE_LOGIN__USERNAME", "bridge")
    config = load(write(tmp_path))
    settings = client_settings(config)
    assert settings["sasl.password"] == "secret"
    assert settings["security.protocol"] == "SASL_PLAINTEXT"
    assert "secret" not in repr(config)


def test_further_settings_of_the_client_win(tmp_path: Path) -> None:
    config = load(write(tmp_path, kafka={"client.id": "mine"}))
    assert client_settings(config)["client.id"] == "mine"


def test_its_own_topics_have_its_name(tmp_path: Path) -> None:
    names = {topic.name for topic in wanted(load(write(tmp_path)))}
    assert names >= {"yrd.bridge.310000.place", "yrd.bridge.310000.dead.in", "yrd.outbox"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"broker": "x"}, "broker: unknown key; did you mean 'brokers'"),
        ({"login": {"user": "x"}}, "login.user: unknown key; did you mean 'username'"),
        ({"out": {"topics": {"*": "{kind}"}}}, "'{kind}' makes no topic"),
        ({"out": {"topics": {}}}, "out.topics: Dictionary should have at least 1"),
        ({"outbox": {"topics": ["a b"]}}, "outbox.topics.0: String should match"),
        ({"framing": "registry"}, "say which id stands for which type"),
        ({"topics": {"replication": 1}}, "min_insync_replicas: at most as many"),
        ({"id": "a b"}, "id: String should match"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load(write(tmp_path, **changes))


def test_the_feed_is_kept_for_ever_and_goes_by_the_time_of_its_records(tmp_path: Path) -> None:
    feeds = [{"topic": "f"}, {"topic": "f", "retention_days": 2}]
    configs = [load(write(tmp_path, out={"feed": feed})) for feed in feeds]
    made = [next(t for t in wanted(config) if t.name == "f") for config in configs]
    assert [topic.settings["retention.ms"] for topic in made] == ["-1", "172800000"]
    assert {topic.settings["message.timestamp.type"] for topic in made} == {"CreateTime"}
