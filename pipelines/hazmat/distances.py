"""Which of the guidebook's distances apply to a load, and what had to be assumed to say so."""

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.hazmat.limits import limit
from pipelines.hazmat.load import Load
from schemas.codes.erg import WINDS, Distance, ErgEntry

_BY_VESSEL = {
    "tank": ("tank_truck",),
    "cylinders": (
        "multiple_ton_cylinders",
        "multiple_small_cylinders",
        "small_or_single_ton_cylinders",
    ),
    "": ("tank_truck",),
}
_ONE_TON_KG = 1000
_NONE = Distance(0)


class Wind(NamedTuple):
    """Degrees from which it blows and metres a second; None where not known."""

    from_degrees: float | None = None
    mps: float | None = None

    @property
    def direction(self) -> float | None:
        """The direction, None if it is not known or calm."""
        calm = self.mps is not None and self.mps < limit("wind_calm").value
        return None if calm else self.from_degrees

    @property
    def grade(self) -> str:
        """Class of the wind in the guidebook's Table 3; "" if its speed is not known."""
        if self.mps is None:
            return ""
        if self.mps < limit("wind_moderate").value:
            return "low"
        return "high" if self.mps > limit("wind_high").value else "moderate"


class Distances(NamedTuple):
    """Metres; None where the guidebook gives none."""

    isolation: Distance | None
    protection: Distance | None
    container: str
    wind_class: str
    assumptions: tuple[str, ...]


def distances(entry: ErgEntry, load: Load, basis: str, night: bool, wind: Wind) -> Distances:
    """The distances of an entry for a load."""
    assumed = [] if load.amount_known else ["amount_unknown"]
    container = ""
    if load.large and entry.by_container:
        container = _container(entry, load)
        assumed += ["container_unknown"] if not load.vessel else []
    by_wind = container != ""
    protection = _protection(entry, load, "night" if night else "day", container, wind.grade)
    isolation = entry.isolation(load.large, container) or entry.isolation()
    if basis == "fire":
        isolation = _larger([isolation, entry.fire_isolation, _bleve(entry, load)])
    assumed += ["wind_speed_unknown"] if by_wind and not wind.grade else []
    assumed += ["no_isolation_distance"] if isolation is None else []
    assumed += ["no_protective_distance"] if protection is None else []
    grade = wind.grade if by_wind else ""
    return Distances(isolation, protection, container, grade, tuple(assumed))


def _container(entry: ErgEntry, load: Load) -> str:
    """The container of Table 3, that of the largest isolation if several could be meant."""
    there = {key[1] for key in entry.figures if key[1]}
    fitting = [name for name in _BY_VESSEL[load.vessel] if name in there]
    single = "small_or_single_ton_cylinders"
    light = load.kilograms is not None and load.kilograms <= _ONE_TON_KG
    if load.vessel == "cylinders" and light and single in fitting:
        return single
    others = [name for name in sorted(there) if name != "rail_tank_car"]
    return max(fitting or others, key=lambda name: (entry.isolation(True, name) or _NONE).metres)


def _protection(
    entry: ErgEntry, load: Load, time: str, container: str, grade: str
) -> Distance | None:
    if container:
        winds = (grade,) if grade else WINDS
        return _larger([entry.protection(time, True, container, wind) for wind in winds])
    found = entry.protection(time, load.large)
    if found is None and load.large:
        return entry.large_spill_downwind
    return found


def _bleve(entry: ErgEntry, load: Load) -> Distance | None:
    return None if load.tank_litres is None else entry.bleve_distance(load.tank_litres)


def _larger(found: Sequence[Distance | None]) -> Distance | None:
    known = [distance for distance in found if distance is not None]
    return max(known, key=lambda d: (d.metres, d.or_more), default=None)
