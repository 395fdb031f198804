"""Where a storm's centre and wind radii are at each instant, straight from fix to fix (台风路径插值)."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pipelines.nature.storm_tracks import HOUR_US, Track, fix_us
from pipelines.places.distance import LatLon
from yrd.warning.v1.warning_pb2 import TyphoonFix

FRESH_US = 6 * HOUR_US
"""How long a fix stands for where the storm is, without a forecast: fixes come every six hours."""
HELD_US = 12 * HOUR_US
"""How long a stated wind radius is held on to, where no forecast states one."""
FORCES = (7, 10, 12)


class Radius(NamedTuple):
    """Smallest and largest radius over the quadrants, kilometres."""

    minimum_km: float
    maximum_km: float


@dataclass(frozen=True)
class Course:
    """One source's newest fix and what its forecast has after that."""

    track: Track
    as_of_us: int

    @cached_property
    def fixes(self) -> list[TyphoonFix]:
        """Newest observed fix, if there is one, and forecast ones after it."""
        observed = [told.fix for told in self.track.observed[-1:]]
        since = fix_us(observed[-1]) if observed else 0
        return [*observed, *(fix for fix in self.track.forecast if fix_us(fix) > since)]

    @cached_property
    def _times(self) -> list[int]:
        return [fix_us(fix) for fix in self.fixes]

    @property
    def end_us(self) -> int:
        """Until when it is known where the storm goes; now if nothing is known of what comes."""
        return max(self.as_of_us, self._times[-1]) if self._times else self.as_of_us

    def center(self, at_us: int) -> LatLon | None:
        """Degrees north and east, or None where that isn't known."""
        fixes, times = self.fixes, self._times
        after = bisect_right(times, at_us)
        if not after:
            return None
        if after == len(times):
            last = fixes[-1].center
            fresh = at_us - times[-1] <= FRESH_US
            return (last.latitude, last.longitude) if fresh else None
        a, b = fixes[after - 1].center, fixes[after].center
        part = (at_us - times[after - 1]) / (times[after] - times[after - 1])
        return _between(a.latitude, b.latitude, part), _between(a.longitude, b.longitude, part)

    def radius(self, force: int, at_us: int) -> Radius | None:
        """The radius of a wind force, or None where that isn't known."""
        if self.is_held(force):
            return self._stated(force)[0][1]
        stated = self._stated(force)
        times = [at for at, _ in stated]
        after = bisect_right(times, at_us)
        if not after or (after == len(times) and at_us > times[-1]):
            return None
        if after == len(times):
            return stated[-1][1]
        (from_us, a), (to_us, b) = stated[after - 1], stated[after]
        part = (at_us - from_us) / (to_us - from_us)
        return Radius(
            _between(a.minimum_km, b.minimum_km, part), _between(a.maximum_km, b.maximum_km, part)
        )

    def is_held(self, force: int) -> bool:
        """Whether the radius is that of a fix that was observed, held for want of a forecast one."""
        return self._held.get(force, False)

    @cached_property
    def _held(self) -> dict[int, bool]:
        newest = self._times[0] if self.track.observed else 0
        return {
            force: len(stated) == 1 and bool(newest) and stated[0][0] <= newest
            for force in FORCES
            if (stated := self._stated(force))
        }

    def _stated(self, force: int) -> list[tuple[int, Radius]]:
        return self._radii[force]

    @cached_property
    def _radii(self) -> dict[int, list[tuple[int, Radius]]]:
        """Radii by force: the last observed one, if it isn't old, and those of the forecast."""
        ahead = self.fixes[1:] if self.track.observed else self.fixes
        found = {}
        for force in FORCES:
            seen = [s for told in self.track.observed if (s := _radius(told.fix, force))]
            last = [s for s in seen[-1:] if self.as_of_us - s[0] <= HELD_US]
            found[force] = [*last, *(s for fix in ahead if (s := _radius(fix, force)))]
        return found


def _radius(fix: TyphoonFix, force: int) -> tuple[int, Radius] | None:
    for radius in fix.radii:
        if radius.beaufort_force == force:
            return fix_us(fix), Radius(radius.minimum_km, radius.maximum_km)
    return None


def _between(a: float, b: float, part: float) -> float:
    return a + (b - a) * part
