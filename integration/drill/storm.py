"""A storm's fixes: best track from a CSV, operational ones from the scenario, each with its source.

Where no forecast may be used freely, the track that came can stand for one, under a source that says so.
"""

import csv
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from integration.drill.reading import LINE, ScenarioError, plain, text, time

KNOTS_TO_MPS = 0.514444
WINDOW = timedelta(hours=24)
_KEYS = ("number", "name_zh", "name_en", "track", "track_source", "operational")


class Storm:
    """The storm of a scenario. Raises ScenarioError where its data can't be used."""

    def __init__(self, folder: Path, head: Any, sources: Mapping[str, str]) -> None:
        if not isinstance(head, dict):
            raise ScenarioError("scenario.yaml: storm: expected keys and values")
        for key in _KEYS:
            if key not in head:
                raise ScenarioError(f"scenario.yaml: storm: {key} is missing: add it")
        self._head, self._sources = head, sources
        track = self._track(folder / str(head["track"]))
        self._forecast = (
            _Forecast(head["forecast"], track, self._source) if "forecast" in head else None
        )
        fixes = [*track, *self._operational()]
        self._fixes = sorted(fixes, key=lambda fix: (fix[0], fix[1]["source"]))

    def until(self, instant: datetime) -> dict[str, Any]:
        """As a warning tells it then: the fixes of the last 24 hours, and the forecast if it has one."""
        ahead = self._forecast.at(instant) if self._forecast else []
        return {
            "number": self._head["number"],
            "name_zh": self._head["name_zh"],
            "name_en": self._head["name_en"],
            "observed": [fix for at, fix in self._fixes if instant - WINDOW <= at <= instant],
            "forecast": ahead,
        }

    def _source(self, name: Any, where: str) -> str:
        if name not in self._sources:
            known = list(self._sources)
            raise ScenarioError(f"{where}: source {name!r} is not among scenario.yaml's {known}")
        return self._sources[name]

    def _track(self, path: Path) -> list[tuple[datetime, dict[str, Any]]]:
        source = self._source(self._head["track_source"], "scenario.yaml: storm.track_source")
        try:
            with path.open(encoding="utf-8", newline="") as file:
                return [_track_fix(row, source) for row in csv.DictReader(file)]
        except OSError as error:
            raise ScenarioError(
                f"scenario.yaml: storm.track: {path.name}: {error.strerror}; check the name"
            ) from None
        except (KeyError, ValueError, TypeError) as error:
            raise ScenarioError(
                f"scenario.yaml: storm.track: {path.name}: a row can't be read ({error}); it needs "
                "time, lat, lon, slp_hpa and wind_kt"
            ) from None

    def _operational(self) -> list[tuple[datetime, dict[str, Any]]]:
        found = []
        for item in self._head["operational"]:
            where = f"scenario.yaml: line {item[LINE]}"
            at = time(item.get("fix_time"), f"{where}: fix_time")
            told = _bare(item) | {
                "fix_time": text(at),
                "source": self._source(item.get("source"), where),
            }
            found.append((at, told))
        return found


class _Forecast:
    """The track as it came, so many hours ahead, from its last fix on. Raises ScenarioError."""

    def __init__(
        self,
        head: Any,
        track: list[tuple[datetime, dict[str, Any]]],
        source: Callable[[Any, str], str],
    ) -> None:
        where = "scenario.yaml: storm.forecast"
        if not isinstance(head, dict):
            raise ScenarioError(f"{where}: expected keys and values")
        hours = head.get("hours")
        if not isinstance(hours, int | float) or isinstance(hours, bool) or not 0 < hours <= 240:
            raise ScenarioError(f"{where}: hours: {hours!r}; write a number up to 240")
        told = {"source": source(head.get("source"), where), "radii": _bare(head.get("radii", []))}
        self._ahead = timedelta(hours=hours)
        self._fixes = sorted(((at, fix | told) for at, fix in track), key=lambda fix: fix[0])

    def at(self, instant: datetime) -> list[dict[str, Any]]:
        """As it would be told then: where the storm is, and where it goes."""
        here = [fix for at, fix in self._fixes if at <= instant][-1:]
        return here + [fix for at, fix in self._fixes if instant < at <= instant + self._ahead]


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in plain(value).items()}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def _track_fix(row: Mapping[str, str], source: str) -> tuple[datetime, dict[str, Any]]:
    at = datetime.fromisoformat(row["time"]).replace(tzinfo=UTC)
    fix: dict[str, Any] = {
        "fix_time": text(at),
        "center": {"latitude": float(row["lat"]), "longitude": float(row["lon"])},
        "pressure_hpa": float(row["slp_hpa"]),
        "source": source,
    }
    if row["wind_kt"]:
        fix["wind_mps"] = round(float(row["wind_kt"]) * KNOTS_TO_MPS, 1)
    return at, fix
