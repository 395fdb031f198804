"""A job that can't be submitted says why, and what to do; one that can is called as Flink wants it."""

from pathlib import Path

import pytest

from pipelines.flink.settings import Settings, settings_of
from pipelines.flink.submitting import NotSubmitted, Submission, command, packed, submit
from tests.support.fake_flink import FakeFlink, fake_flink

SETTINGS = Settings(brokers="k:1", replay=True)
SECRET = {"sasl.jaas.config": "secret"}


def submission(made: FakeFlink) -> Submission:
    return Submission(
        settings=SETTINGS,
        environment=made.environment,
        connector=made.connector,
        cluster="f:8081",
        kafka=SECRET,
        options=("-Dstate.backend.type=rocksdb",),
    )


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeFlink:
    found = fake_flink(tmp_path, f"Job has been submitted with JobID {'0a' * 16}")
    monkeypatch.setenv("PATH", f"{found.java}:/usr/bin:/bin")
    return found


def test_the_jobs_id_is_given(made: FakeFlink) -> None:
    assert submit(submission(made)) == "0a" * 16


def test_how_kafka_is_reached_is_no_argument(made: FakeFlink) -> None:
    submit(submission(made))
    variable, _, arguments = made.called.read_text().partition(" run ")
    assert variable == '{"sasl.jaas.config": "secret"}'
    assert "secret" not in arguments


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ("java.net.ConnectException: Connection refused", "no Flink cluster answers at f:8081"),
        ("ImportError: no module named x", "no module named x"),
    ],
)
def test_what_is_wrong_is_said(made: FakeFlink, tmp_path: Path, says: str, words: str) -> None:
    with pytest.raises(NotSubmitted, match=words):
        submit(submission(fake_flink(tmp_path / "another", says)))


def test_without_a_connector_it_says_what_to_fetch(made: FakeFlink) -> None:
    made.connector.unlink()
    with pytest.raises(NotSubmitted, match="flink-sql-connector-kafka"):
        submit(submission(made))


def test_without_an_environment_it_says_what_to_install(made: FakeFlink, tmp_path: Path) -> None:
    elsewhere = made._replace(environment=tmp_path / "elsewhere")
    with pytest.raises(NotSubmitted, match=r"requirements\.txt"):
        submit(submission(elsewhere))


def test_without_java_it_says_so(made: FakeFlink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotSubmitted, match="Java 17"):
        submit(submission(made))


def test_for_an_image_the_code_is_packed_and_the_command_only_said(
    made: FakeFlink, tmp_path: Path
) -> None:
    archive = tmp_path / "yrd.zip"
    said = packed(submission(made), archive)
    assert f"--pyFiles {archive}" in said
    assert archive.stat().st_size > 100_000
    assert not made.called.exists()


def test_flinks_command_has_the_code_the_state_and_the_settings(made: FakeFlink) -> None:
    home = Path("/e/lib/python3.11/site-packages/pyflink")
    words = command(submission(made), home, Path("/t/yrd.zip"))
    assert words[0] == "/e/lib/python3.11/site-packages/pyflink/bin/flink"
    wanted = {"-Drest.address=f", "-Drest.port=8081", "-Dpython.executable=/e/bin/python"}
    assert wanted | {"-Dstate.backend.type=rocksdb"} <= {*words}
    assert words[words.index("--pyFiles") + 1] == "/t/yrd.zip"
    assert settings_of(words[words.index("--name") :]) == SETTINGS
    assert "--fromSavepoint" not in words
