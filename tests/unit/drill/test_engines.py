"""What a drill on engines needs, and what it says where that is missing."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from integration.drill.engines import carried, on_engines, places
from integration.drill.engines.on_engines import OnEngines, busiest
from integration.drill.engines.places import Addresses
from integration.drill.scenario import load
from integration.drill.setting import DrillError
from integration.engines import flink, kafka
from integration.engines.processes import EngineMissing


@pytest.mark.parametrize("engine", [flink, kafka])
def test_what_was_not_fetched_is_named_with_the_remedy(engine: Any, tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match=r"java not on|not in .*make engines.*YRD_ENGINES"):
        engine.cached(tmp_path)


def test_a_missing_engine_is_named_by_the_drill(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise EngineMissing("java not on this machine")

    monkeypatch.setattr(flink, "cached", missing)
    with (
        pytest.raises(
            DrillError, match=r"--engines: Apache Flink: java not on this machine; or name"
        ),
        places.places(Addresses()),
    ):
        pass


def test_a_folder_that_is_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "stack.json").touch()
    with pytest.raises(DrillError, match="name an empty folder"):
        OnEngines(tmp_path, "330000", Addresses())


def test_what_is_begun_ends_if_the_rest_can_not_begin(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(flink, "cached", lambda: None)
    refused = "postgresql://nobody@127.0.0.1:1/none"
    ended: list[str] = []

    @dataclass
    class Begun:
        address: str = "127.0.0.1:2"

        def wait(self) -> None:
            """At once."""

    def begin(running: Any, *_: Any) -> Begun:
        running.callback(ended.append, "ended")
        return Begun()

    monkeypatch.setattr(places, "_broker", begin)
    monkeypatch.setattr(places, "_cluster", begin)
    with pytest.raises(DrillError, match=r"--postgres: .*may create databases"):
        on_engines.OnEngines(tmp_path, "330000", Addresses(postgres=refused))
    assert ended == ["ended", "ended"]


def test_the_province_that_tells_most_tells_kafka() -> None:
    steps = load("infa_2021").steps
    told = Counter(step.participant for step in steps)
    assert told[busiest(steps)] == max(n for name, n in told.items() if name != "joint")


@dataclass
class Topic:
    """Records as a reader of the topic would have them."""

    names: list[str]
    given: list[list[str]] = field(default_factory=list)

    def __call__(self, *_: Any) -> "Topic":
        self.given = [self.names]
        return self

    def __enter__(self) -> "Topic":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def taken(self) -> list[list[str]]:
        found, self.given = self.given, []
        return found

    def until(self, enough: Any) -> bool:
        return bool(enough())


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a", "b"], []),
        (["a", "b", "later"], []),
        (["a"], ["t lacks 1, such as b"]),
        (["a", "a", "b"], ["t has a 2 times"]),
    ],
)
def test_what_a_topic_lacks_or_has_twice_is_told(
    monkeypatch: pytest.MonkeyPatch, names: list[str], said: list[str]
) -> None:
    monkeypatch.setattr(carried, "Reader", Topic(names))
    assert carried._differences("", "t", {"a", "b"}, list) == said  # type: ignore[arg-type]
