"""What a simulation found, as tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

import numpy as np

from integration.simulate.arrivals import PRIORITIES
from integration.simulate.fair import Bools
from integration.simulate.fluid import History
from integration.simulate.lags import Lags, entitled, of_links
from integration.simulate.outages import Outage, affected
from integration.simulate.provinces import Place
from integration.simulate.recovery import Recovery, recovery
from integration.simulate.sharing import Relation, relation
from integration.simulate.table import Column, Table

MOST_LINKS = 10
QUANTILES = (0.5, 0.9, 0.99, 0.999)


@dataclass(frozen=True)
class Report:
    """A simulated mesh with its outages."""

    history: History
    outages: Sequence[Outage]

    @cached_property
    def to_participants(self) -> Bools:
        """Links that do not go to relays."""
        relay = np.array([place.is_relay for place in self.history.mesh.places])
        return np.asarray(~relay[self.history.mesh.peer])

    @cached_property
    def cut(self) -> Bools:
        """Links that an outage concerns."""
        cuts = np.zeros(len(self.history.mesh.links), dtype=bool)
        for outage in self.outages:
            cuts |= affected(outage, self.history.mesh)
        return cuts

    @cached_property
    def lags(self) -> dict[str, list[Lags]]:
        """By priority, over the links that no outage concerned and over those that one did."""
        chosen = {"never": ~self.cut, "cut": self.cut}
        return {
            name: of_links(self.history, links & self.to_participants)
            for name, links in chosen.items()
            if (links & self.to_participants).any()
        }

    @cached_property
    def recoveries(self) -> list[Recovery]:
        """After each outage."""
        return [recovery(self.history, outage) for outage in self.outages]

    @property
    def arrived_once(self) -> bool:
        """Whether all that participants may see is with them, each message counted once."""
        links = np.flatnonzero(self.to_participants).tolist()
        due = sum(int(entitled(self.history, link).sum()) for link in links)
        lags = [lag for some in self.lags.values() for lag in some]
        return round(sum(lag.delivered for lag in lags)) == due and not any(x.missing for x in lags)

    def tables(self) -> list[Table]:
        """All of them."""
        history = self.history
        found = [_overview(self), _gateways(history), _relations(history), _links(history)]
        found.append(_lag_table(self))
        return [*found, _recoveries(self.recoveries)] if self.outages else found


def _overview(report: Report) -> Table:
    history = report.history
    places, seconds = history.mesh.places, history.arrivals.seconds
    hours = len(history.held) * seconds / 3600
    total = int(history.arrivals.total.sum())
    due = sum(lag.delivered + lag.missing for some in report.lags.values() for lag in some)
    facts = [
        ("参与方（含联合值守）", "participants, the joint room included",
         f"{sum(not p.is_relay for p in places)}"),
        ("中继", "relays", f"{sum(p.is_relay for p in places)}"),
        ("链路", "links", f"{len(history.mesh.links):,}"),
        ("小时", "hours", f"{hours:g}"),
        ("发布消息", "messages published", f"{total:,}"),
        ("每秒", "a second", f"{total / hours / 3600:,.0f}"),
        ("应达（每个有权方各计一次）", "due, once for each who may see it", f"{due:,.0f}"),
        ("全部恰好到达一次", "all arrived exactly once",
         "是 yes" if report.arrived_once else "否 no: see the missing"),
    ]  # fmt: skip
    columns = (
        Column("zh", "项目", "zh"),
        Column("en", "item", "en"),
        Column("value", "值", "value"),
    )
    return Table("overview", "总览", "Overview", columns, facts)


def _gateways(history: History) -> Table:
    columns = (
        Column("gateway", "网关", "gateway"),
        Column("name", "名称", "name"),
        Column("published", "发布 条/秒", "published/s", 1),
        Column("mirrored", "接收 条/秒", "entries received/s", 0),
        Column("seen", "其中可见 %", "of these seen, %", 1),
        Column("sent", "发送 均值 Mbit/s", "sent, mean Mbit/s", 2),
        Column("sent_peak", "峰值", "peak", 2),
        Column("got", "收取 均值 Mbit/s", "received, mean Mbit/s", 2),
        Column("got_peak", "峰值", "peak", 2),
        Column("least", "处理器 至少 %", "processor at the least, %", 1),
        Column("least_peak", "峰值", "peak", 1),
        Column("used", "处理器 实际 %", "processor as used, %", 1),
        Column("disk", "磁盘 GB/日", "disk, GB a day", 2),
    )
    rows = [tuple(_gateway(history, at, place)) for at, place in enumerate(history.mesh.places)]
    return Table("gateways", "各网关", "Gateways", columns, rows)


def _gateway(history: History, at: int, place: Place) -> Iterator[str | float]:
    mesh, seconds, steps = history.mesh, history.arrivals.seconds, len(history.held)
    span = seconds * steps
    links = np.flatnonzero(mesh.peer == at)
    held = history.held[-1, links].astype(float)
    mix = history.prices.mix[mesh.log[links]]
    seen = float((held[:, None] * mix * mesh.entitled[links]).sum())
    yield place.code
    yield f"{place.zh} {place.en}"
    yield float(history.arrivals.total[:, at].sum() / span)
    yield float(held.sum() / span)
    yield 100 * seen / max(float(held.sum()), 1.0)
    for moved in (history.sent, history.got):
        yield float(moved[:, at].sum() * 8 / span / 1e6)
        yield float(moved[:, at].max() * 8 / seconds / 1e6)
    yield float(100 * history.least[:, at].mean() / seconds / 1e6)
    yield float(100 * history.least[:, at].max() / seconds / 1e6)
    yield float(100 * history.used[:, at].mean() / seconds / 1e6)
    yield disk_bytes(history, at) * 86_400 / span / 1e9


def disk_bytes(history: History, at: int) -> float:
    """What a gateway's store grew by."""
    mesh, figures = history.mesh, history.mesh.figures
    links = np.flatnonzero(mesh.peer == at)
    mix = history.prices.mix[mesh.log[links]]
    mirrored = (history.held[-1, links, None] * mix * mesh.disk_bytes[links]).sum()
    sizes = np.array([s.whole.value for s in figures.streams.values()]) + figures.sizes.stored.value
    own = (history.arrivals.counts[:, at].sum(axis=(0, 2)) * sizes).sum()
    return float(mirrored + own)


def _links(history: History) -> Table:
    mesh = history.mesh
    span = history.arrivals.seconds * len(history.held)
    columns = (
        Column("log", "日志", "log"),
        Column("source", "自", "from"),
        Column("peer", "至", "to"),
        Column("entries", "条/秒", "entries/s", 1),
        Column("rate", "kbit/s", "kbit/s", 1),
    )
    rows = [
        (*(mesh.places[end].code for end in (link.log, link.source, link.peer)), entries, rate)
        for link, entries, rate in zip(
            mesh.links,
            (history.held[-1] / span).tolist(),
            (history.carried * 8 / span / 1e3).tolist(),
            strict=True,
        )
    ]
    rows.sort(key=itemgetter(-1), reverse=True)
    zh, en = f"流量最大的 {MOST_LINKS} 条链路", f"The {MOST_LINKS} links with the most traffic"
    return Table("links", zh, en, columns, rows, MOST_LINKS)


def _relations(history: History) -> Table:
    mesh = history.mesh
    span = history.arrivals.seconds * len(history.held)
    kinds: dict[str, list[int]] = {}
    for number, link in enumerate(mesh.links):
        kinds.setdefault(_kind(mesh.places[link.log], mesh.places[link.peer]), []).append(number)
    rows = [
        (
            kind,
            len(some),
            float(history.held[-1, some].mean() / span),
            float(history.carried[some].mean() * 8 / span / 1e3),
            float(history.carried[some].max() * 8 / span / 1e3),
        )
        for kind, some in kinds.items()
    ]
    columns = (
        Column("kind", "链路", "links"),
        Column("count", "条数", "how many", 0),
        Column("entries", "条/秒", "entries/s, mean", 1),
        Column("mean", "均值 kbit/s", "mean, kbit/s", 1),
        Column("most", "最大 kbit/s", "most, kbit/s", 1),
    )
    return Table("relations", "各类链路流量", "Traffic of links by kind", columns, rows)


def _kind(origin: Place, receiver: Place) -> str:
    if receiver.is_relay:
        return "至中继 to a relay"
    return {
        Relation.NEIGHBOUR: "邻省 to a neighbour",
        Relation.FAR: "不相邻 to another province",
        Relation.TO_JOINT: "至联合值守 to the joint room",
        Relation.FROM_JOINT: "自联合值守 from the joint room",
    }[relation(origin, receiver)]


def _lag_table(report: Report) -> Table:
    columns = (
        Column("links", "链路", "links"),
        Column("priority", "优先级", "priority"),
        Column("messages", "到达", "arrived", 0),
        Column("missing", "未到", "missing", 0),
        *(Column(f"p{q}", f"{100 * q:g} % 秒", f"{100 * q:g} % within, s", 3) for q in QUANTILES),
        Column("longest", "最长 秒", "longest, s", 3),
    )
    named = {"never": "未中断 never cut", "cut": "中断过 cut for a time"}
    rows = [
        (named[which], f"{zh} {en}", lag.delivered, lag.missing,
         *(lag.quantile(q) for q in QUANTILES), lag.longest)
        for which, lags in report.lags.items()
        for (en, zh), lag in zip(PRIORITIES, lags, strict=True)
    ]  # fmt: skip
    return Table("lags", "时延", "Lag until a peer holds it", columns, rows)


def _recoveries(found: Sequence[Recovery]) -> Table:
    columns = (
        Column("outage", "中断", "outage"),
        Column("lacked", "所缺条目", "entries lacked", 0),
        Column("life", "生命安全消息补齐 秒", "life-safety there after, s", 0),
        Column("inward", "该方收齐 秒", "it holds all after, s", 0),
        Column("outward", "各方收齐其日志 秒", "all hold its log after, s", 0),
    )
    rows = [(r.outage, r.lacked, r.life, r.inward, r.outward) for r in found]
    return Table("recovery", "中断后的恢复", "Recovery after outages", columns, rows)
