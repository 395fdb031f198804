"""The plots of a simulation, by file name."""

import numpy as np

from integration.simulate.arrivals import PRIORITIES
from integration.simulate.fair import Floats
from integration.simulate.lags import PER_DECADE, SHORTEST, Lags
from integration.simulate.outages import affected
from integration.simulate.report import Report
from integration.simulate.svg import Axis, Line, bars, lines


def plots(report: Report) -> dict[str, str]:
    """SVG texts."""
    found = {"traffic": _traffic(report), "processor": _processor(report), "lag": _lag(report)}
    if report.outages:
        found["backlog"] = _backlog(report)
    return {f"{name}.svg": text for name, text in found.items()}


def _line(report: Report, name: str, values: Floats) -> Line:
    hours = np.arange(len(values)) * report.history.arrivals.seconds / 3600
    return Line(name, list(zip(hours.tolist(), values.tolist(), strict=True)))


def _hours(report: Report) -> Axis:
    history = report.history
    return Axis("小时 hours", 0, len(history.held) * history.arrivals.seconds / 3600)


def _from_zero(name: str, drawn: list[Line]) -> Axis:
    return Axis(name, 0, 1.05 * max(y for line in drawn for _, y in line.points) or 1.0)


def _traffic(report: Report) -> str:
    history = report.history
    rate = 8 / history.arrivals.seconds / 1e6
    drawn = [
        _line(report, "全网 all gateways", history.sent.sum(axis=1) * rate),
        _line(report, "发送最多 most sent by one", history.sent.max(axis=1) * rate),
        _line(report, "收取最多 most received", history.got.max(axis=1) * rate),
    ]
    title = "网间流量 · Traffic between gateways"
    return lines(title, _hours(report), _from_zero("Mbit/s", drawn), drawn)


def _processor(report: Report) -> str:
    history = report.history
    share = 100 / history.arrivals.seconds / 1e6
    drawn = [
        ("实际 as used", (history.used.mean(axis=0) * share).tolist()),
        ("至少，峰值 least, peak", (history.least.max(axis=0) * share).tolist()),
        ("至少，均值 least, mean", (history.least.mean(axis=0) * share).tolist()),
    ]
    names = [place.code for place in history.mesh.places]
    title = "各网关处理器 · Processor of each gateway's own process"
    return bars(title, Axis("% 单核 of one core", 0, 105), names, drawn)


def _lag(report: Report) -> str:
    drawn = [
        Line(f"{zh} {en}{mark}", _cumulative(lag))
        for which, mark in (("never", ""), ("cut", " †"))
        for (en, zh), lag in zip(PRIORITIES, report.lags.get(which, ()), strict=False)
        if lag.delivered
    ]
    title = "时延分布（† 曾中断的链路）· Lag until a peer holds it († links that were cut)"
    x = Axis("秒 seconds", 0.01, 1e5, by_decades=True)
    return lines(title, x, Axis("% 已到 arrived", 0, 100), drawn)


def _cumulative(lag: Lags) -> list[tuple[float, float]]:
    upper = SHORTEST * 10 ** ((np.arange(len(lag.counts)) + 1) / PER_DECADE)
    share = 100 * np.cumsum(lag.counts) / (lag.delivered + lag.missing)
    shown = (upper >= 0.01) & (upper <= 1e5)
    return list(zip(upper[shown].tolist(), share[shown].tolist(), strict=True))


def _backlog(report: Report) -> str:
    history = report.history
    drawn = []
    for outage in report.outages:
        cut = affected(outage, history.mesh)
        lacks = (history.sealed[:, history.mesh.log[cut]] - history.held[:, cut]).sum(axis=1)
        drawn.append(_line(report, str(outage), lacks / 1e6))
    title = "中断与恢复：所缺条目 · Outages and recovery: entries lacked"
    return lines(title, _hours(report), _from_zero("百万 millions", drawn), drawn)
