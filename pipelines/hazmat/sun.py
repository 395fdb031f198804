"""Sunrise and sunset: the sunrise equation, good to a few minutes between 26 and 36 degrees north.

From the number of days since 2000-01-01 12:00 at the place's longitude follow the sun's mean anomaly,
the equation of the centre, its ecliptic longitude, its transit and its declination; the hour angle at
which its upper edge stands in the horizon, refraction included (-0.833 degrees), gives the two instants.
"""

from datetime import UTC, datetime
from math import acos, asin, cos, degrees, radians, sin

_J2000_US = round(datetime(2000, 1, 1, 12, tzinfo=UTC).timestamp()) * 1_000_000
_DAY_US = 86_400_000_000
_HORIZON = radians(-0.833)
_TILT = radians(23.4397)


def day_and_change(latitude: float, longitude: float, at_us: int) -> tuple[bool, int]:
    """Whether it is day there, and the instant at which that changes next."""
    about = round((at_us - _J2000_US) / _DAY_US + longitude / 360)
    for number in (about - 1, about, about + 1):
        rise, set_ = rise_and_set(latitude, longitude, number)
        if at_us < rise:
            return False, rise
        if at_us < set_:
            return True, set_
    raise AssertionError("three days around an instant hold its next change")


def rise_and_set(latitude: float, longitude: float, number: int) -> tuple[int, int]:
    """Sunrise and sunset of a day, the given number of days after 2000-01-01."""
    noon = number - longitude / 360
    anomaly = radians((357.5291 + 0.98560028 * noon) % 360)
    center = 1.9148 * sin(anomaly) + 0.02 * sin(2 * anomaly) + 0.0003 * sin(3 * anomaly)
    ecliptic = radians((degrees(anomaly) + center + 180 + 102.9372) % 360)
    transit = noon + 0.0053 * sin(anomaly) - 0.0069 * sin(2 * ecliptic)
    declination = asin(sin(ecliptic) * sin(_TILT))
    north = radians(latitude)
    angle = (sin(_HORIZON) - sin(north) * sin(declination)) / (cos(north) * cos(declination))
    half_day = acos(max(-1.0, min(1.0, angle))) / radians(360)
    return _us(transit - half_day), _us(transit + half_day)


def _us(days: float) -> int:
    return _J2000_US + round(days * _DAY_US)
