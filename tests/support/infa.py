"""Typhoon In-Fa's best track (NOAA IBTrACS) as a forecast would tell it."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import integration.drill
from tests.support.nature import fix, storm
from yrd.exchange.v1.message_pb2 import Message

TRACK = Path(integration.drill.__file__).parent / "scenarios" / "infa_2021" / "track.csv"
RADII = {7: (200.0, 300.0), 10: (50.0, 80.0)}
"""As the National Meteorological Centre gave them on 26 July at 6 o'clock."""
PLACES = {"zhoushan": (29.99, 122.20), "pinghu": (30.68, 121.01), "wujiang": (31.16, 120.64)}


def told(at: datetime, hours: float = 96, **changes: Any) -> Message:
    """A warning whose forecast is the track that came, so many hours ahead."""
    fixes = [(t, fix(t, center, radii=RADII)) for t, center in track()]
    seen = [made for t, made in fixes if at - timedelta(hours=24) <= t <= at]
    ahead = [made for t, made in fixes if at < t <= at + timedelta(hours=hours)]
    return storm(seen, ahead, at=at, **changes)


def track() -> list[tuple[datetime, tuple[float, float]]]:
    """Centres by time."""
    with TRACK.open(encoding="utf-8", newline="") as file:
        return [
            (
                datetime.fromisoformat(row["time"]).replace(tzinfo=UTC),
                (float(row["lat"]), float(row["lon"])),
            )
            for row in csv.DictReader(file)
        ]
