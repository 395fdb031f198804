"""yrd pipeline submit --engine beam: what it refuses before anything runs."""

from pathlib import Path

from tests.support.commands import yrd
from tests.unit.integration.kafka.test_config import write

RUNNER = ("--runner", "PrismRunner")


def submit(config: Path, *more: str) -> tuple[int, str]:
    ran = yrd("pipeline", "submit", "--engine", "beam", "--config", config, *more)
    return ran.status, ran.err


def test_a_runner_is_named(tmp_path: Path) -> None:
    status, error = submit(write(tmp_path))
    assert (status, "--runner: name one of Beam's" in error) == (2, True)


def test_a_feed_is_configured(tmp_path: Path) -> None:
    status, error = submit(write(tmp_path), *RUNNER)
    assert (status, "out.feed: name the topic" in error) == (2, True)


def test_an_instant_is_one(tmp_path: Path) -> None:
    config = write(tmp_path, out={"feed": {}})
    status, error = submit(config, *RUNNER, "--from", "noon")
    assert (status, "noon: not an instant" in error) == (2, True)
