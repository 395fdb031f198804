"""Where a situation of readings goes (趋势)."""

from collections.abc import Iterable

from pipelines.nature.station_series import Series, gravest, movement
from yrd.monitoring.v1.monitoring_pb2 import ThresholdSide, Trend
from yrd.situation.v1.readings_pb2 import ReadingsTrend

_RISING, _FALLING = Trend.TREND_RISING, Trend.TREND_FALLING
_ONWARD = {
    ThresholdSide.THRESHOLD_SIDE_ABOVE: _RISING,
    ThresholdSide.THRESHOLD_SIDE_BELOW: _FALLING,
}


def trend_of(stations: Iterable[Series]) -> ReadingsTrend:
    """The worst of the stations: one that moves on to its dangerous side makes the situation worse."""
    found = {trend for station in stations if (trend := _of(station)) is not None}
    for worst in (
        ReadingsTrend.READINGS_TREND_WORSENING,
        ReadingsTrend.READINGS_TREND_STEADY,
        ReadingsTrend.READINGS_TREND_EASING,
    ):
        if worst in found:
            return worst
    return ReadingsTrend.READINGS_TREND_UNSPECIFIED


def _of(station: Series) -> ReadingsTrend | None:
    """From its own readings, or else as the station says itself; None if neither is known."""
    threshold, moved = gravest(station.observation), movement(station)
    trend = moved.trend if moved else station.observation.trend
    if trend == Trend.TREND_STEADY:
        return ReadingsTrend.READINGS_TREND_STEADY
    if threshold is None or threshold.side not in _ONWARD or trend not in (_RISING, _FALLING):
        return None
    onward = _ONWARD[threshold.side] == trend
    worse, better = ReadingsTrend.READINGS_TREND_WORSENING, ReadingsTrend.READINGS_TREND_EASING
    return worse if onward else better
