"""A job that can't be submitted says why, and what to do; one that can is called as Flink wants it."""

from pathlib import Path

import pytest

from pipelines.flink.settings import Settings, settings_of
from pipelines.flink.submitting import NotSubmitted, Submission, command, submit

SETTINGS = Settings(brokers="k:1", replay=True)


def environment(folder: Path, says: str = "") -> Submission:
    """An environment whose `flink` says this."""
    binaries = folder / "lib" / "python3.11" / "site-packages" / "pyflink" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "flink").write_text(f"#!/bin/sh\necho '{says}'\n")
    (folder / "kafka.jar").touch()
    return Submission(
        settings=SETTINGS, environment=folder, connector=folder / "kafka.jar", cluster="f:8081"
    )


@pytest.fixture(autouse=True)
def java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "java").write_text("")
    (tmp_path / "java").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")


def test_the_jobs_id_is_given(tmp_path: Path) -> None:
    made = environment(tmp_path, f"Job has been submitted with JobID {'0a' * 16}")
    assert submit(made) == "0a" * 16


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (
            "java.net.ConnectException: Connection refused: /f:8081",
            "no Flink cluster answers at f:8081",
        ),
        ("ImportError: no module named x", "no module named x"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, says: str, words: str) -> None:
    with pytest.raises(NotSubmitted, match=words):
        submit(environment(tmp_path, says))


def test_without_an_environment_or_a_connector_it_says_what_to_install(tmp_path: Path) -> None:
    made = environment(tmp_path / "flink")
    (tmp_path / "flink" / "kafka.jar").unlink()
    with pytest.raises(NotSubmitted, match="flink-sql-connector-kafka"):
        submit(made)
    nowhere = Submission(settings=SETTINGS, environment=tmp_path, connector=tmp_path / "java")
    with pytest.raises(NotSubmitted, match=r"requirements\.txt"):
        submit(nowhere)


def test_without_java_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = environment(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotSubmitted, match="Java 17"):
        submit(made)


def test_flinks_command_has_the_code_the_state_and_the_settings(tmp_path: Path) -> None:
    made = environment(tmp_path)
    words = command(made, Path("/e/lib/python3.11/site-packages/pyflink"), Path("/t/yrd.zip"))
    assert words[0] == "/e/lib/python3.11/site-packages/pyflink/bin/flink"
    assert "-Drest.address=f" in words and "-Drest.port=8081" in words
    assert "-Dpython.executable=/e/bin/python" in words
    assert words[words.index("--pyFiles") + 1] == "/t/yrd.zip"
    assert settings_of(words[words.index("--name") :]) == SETTINGS
    assert "--fromSavepoint" not in words
