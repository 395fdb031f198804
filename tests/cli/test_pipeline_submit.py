"""yrd pipeline submit --engine flink: what goes to Flink, and what to do where that can't be."""

from pathlib import Path

import pytest

from pipelines.flink.settings import settings_of
from tests.support.commands import yrd
from tests.support.fake_flink import FakeFlink, fake_flink
from tests.unit.integration.kafka.test_config import write

ID = "0a" * 16
FEED = {"feed": {"topic": "feed"}}


@pytest.fixture
def flink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeFlink:
    made = fake_flink(tmp_path / "flink", f"Job has been submitted with JobID {ID}")
    monkeypatch.setenv("PATH", f"{made.java}:/usr/bin:/bin")
    monkeypatch.setenv("YRD_FLINK", str(made.environment))
    monkeypatch.setenv("YRD_FLINK_CONNECTOR", str(made.connector))
    return made


def submit(config: Path, *more: str) -> tuple[int, str, str]:
    return yrd("pipeline", "submit", "--engine", "flink", "--config", config, *more)


def test_the_job_has_the_bridges_topics_and_its_way_to_kafka(
    flink: FakeFlink, tmp_path: Path
) -> None:
    login = {"mechanism": "PLAIN", "username": "flink", "password": "secret"}
    config = write(tmp_path, out=FEED, login=login, max_record_bytes=5000)
    status, out, _ = submit(config, "--resume", "/sp/1", "--replay", "-Da.b=c")
    assert (status, out.strip()) == (0, ID)
    variable, _, words = flink.called.read_text().partition(" run ")
    assert "secret" in variable
    assert "secret" not in words
    assert "-Da.b=c" in words
    assert "--fromSavepoint /sp/1" in words
    settings = settings_of(words[words.index("--name") :].split())
    assert (settings.feed, settings.results, settings.rejected) == (
        "feed",
        "yrd.outbox",
        "feed.rejected",
    )
    assert (settings.most_bytes, settings.replay) == (5000, True)


def test_without_a_feed_it_says_what_to_configure(flink: FakeFlink, tmp_path: Path) -> None:
    status, _, err = submit(write(tmp_path))
    assert (status, "out.feed: name the topic" in err) == (2, True)


def test_without_an_environment_it_says_what_to_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YRD_FLINK", raising=False)
    status, _, err = submit(write(tmp_path, out=FEED))
    assert (status, "--environment and --connector" in err) == (2, True)


def test_without_a_cluster_it_says_which_one_it_asked(flink: FakeFlink, tmp_path: Path) -> None:
    silent = fake_flink(tmp_path / "silent", "Connection refused")
    where = "--environment", str(silent.environment), "--cluster", "flink1:8081"
    status, _, err = submit(write(tmp_path, out=FEED), *where)
    assert (status, "no Flink cluster answers at flink1:8081" in err) == (1, True)


def test_a_certificate_that_is_not_there_is_named(flink: FakeFlink, tmp_path: Path) -> None:
    status, _, err = submit(write(tmp_path, out=FEED, tls={"ca": "nowhere.pem"}))
    assert (status, "nowhere.pem" in err) == (2, True)
