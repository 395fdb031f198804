"""What a load needs, as tables with their formulas."""

from collections.abc import Iterator

from integration.simulate.figures import Figures
from integration.simulate.limits import limits
from integration.simulate.needs import (
    PACES,
    Needs,
    bridges,
    kept_bytes,
    most_gateways,
    partitions,
    slots,
)
from integration.simulate.provinces import provinces
from integration.simulate.table import Column, Table

MARKS = {"measured": "实测", "computed": "推算", "assumed": "假设", "given": "给定"}


def tables(figures: Figures) -> list[Table]:
    """Load, gateways, engines, what is full first, and the figures that all rests on."""
    needs = Needs(figures)
    return [_load(needs), _gateways(needs), _engines(needs), _limits(needs), _figures(figures)]


def _load(needs: Needs) -> Table:
    rate, cities = needs.all_published, sum(place.cities for place in provinces())
    size = (needs.published * _sizes(needs.figures)).sum()
    largest, joint = needs.largest, needs.joint
    own = needs.published.sum(axis=1)
    facts = [
        ("全国消息/秒", "messages/s in the country", rate, "Σ per_hour / 3,600"),
        ("全国字节/秒", "bytes/s published", size, "Σ per_hour × size / 3,600"),
        ("每市消息/秒", "messages/s of a city", rate / cities, f"/ {cities} cities"),
        (f"最大省 {needs.places[largest].zh}", f"largest province, {needs.places[largest].en}",
         own[largest], "× its share of cities (a municipality counts 4)"),
        ("平均每省", "mean province", (rate - own[joint]) / 31, "/ 31"),
        ("每省收到条目/秒", "entries/s that a province receives", rate - (rate - own[joint]) / 31,
         "all but its own: what is withheld comes as a hash"),
        ("其中可见", "of these seen, mean", needs.seen[:31].mean(), "by the drill's agreements"),
        ("链路", "links", len(needs.mesh.links), "32 × 31"),
        ("每日条目", "entries a day", rate * 86_400, "× 86,400"),
    ]  # fmt: skip
    columns = (Column("zh", "项目", "zh"), Column("en", "item", "en"),
               Column("value", "值", "value", 0), Column("how", "算法", "formula"))  # fmt: skip
    return Table("load", "负荷", "Load", columns, facts)


def _sizes(figures: Figures) -> list[float]:
    return [stream.size.value for stream in figures.streams.values()]


def _gateways(needs: Needs) -> Table:
    chosen = [("平均省", "mean province", None), ("最大省", "largest province", needs.largest),
              ("联合值守", "joint room", needs.joint)]  # fmt: skip
    columns = (
        Column("zh", "网关", "zh"),
        Column("en", "gateway", "en"),
        *(Column(f"cores{p:g}", f"核，每链路每秒 {p:g} 批", f"cores at {p:g} batches/s a link", 2)
          for p in PACES),
        Column("sent", "发送 Mbit/s", "sent, Mbit/s", 1),
        Column("got", "收取 Mbit/s", "received, Mbit/s", 1),
        Column("disk", "磁盘 GB/日", "disk, GB a day", 1),
        Column("withheld", "其中不可见条目", "of it for withheld entries", 1),
        Column("days", "磁盘可存 日", "days until the disk is full", 0),
    )  # fmt: skip
    rows = [(zh, en, *_gateway(needs, at)) for zh, en, at in chosen]
    zh = "每个网关 = 消息 × 单价 + 批次/秒 × 31 链路 × (send + receive)；线路按每秒 10 批"
    en = "A gateway = messages × cost + batches/s × 31 links × (send + receive); lines at 10 batches/s"
    return Table("gateway_needs", zh, en, columns, rows)


def _gateway(needs: Needs, at: int | None) -> Iterator[float]:
    which = slice(0, 31) if at is None else slice(at, at + 1)
    line = 8 / 1e6
    for pace in PACES:
        yield float(needs.cores(pace)[which].mean())
    for entries in (needs.sent_bytes, needs.got_bytes):
        yield float(entries[which].mean() + needs.batch_bytes(PACES[-1])) * line
    disk = float(needs.disk_bytes[which].mean()) * 86_400 / 1e9
    yield disk
    yield float(needs.withheld_bytes[which].mean()) * 86_400 / 1e9
    yield needs.figures.machines.disk.value / disk


def _engines(needs: Needs) -> Table:
    figures, rate = needs.figures, needs.all_published
    seen = float(needs.seen[:31].max())
    rows = [
        (zh, en, messages, bridges(messages, figures), partitions(messages, figures),
         slots(messages, figures), kept / 1e12)
        for zh, en, messages, kept in (
            ("联合值守", "joint room", rate, kept_bytes(needs.published.sum(axis=0).tolist(), figures)),
            ("可见最多的省", "province that sees most", seen,
             kept_bytes([seen / rate * x for x in needs.published.sum(axis=0).tolist()], figures)),
        )
    ]  # fmt: skip
    columns = (
        Column("zh", "处", "zh"),
        Column("en", "where", "en"),
        Column("rate", "消息/秒", "messages/s", 0),
        Column("bridges", "Kafka 桥", "bridges", 0),
        Column("partitions", "分区", "partitions", 0),
        Column("slots", "Flink 槽", "task slots", 0),
        Column("kept", "主题 TB", "topics, TB", 2),
    )
    zh = "引擎 = ⌈消息/秒 ÷ (单个能力 × used)⌉；分区 = 4 × max(读者, 槽)"
    en = "Engines = ⌈messages/s ÷ (what one does × used)⌉; partitions = 4 × max(readers, slots)"
    return Table("engines", zh, en, columns, rows)


def _limits(needs: Needs) -> Table:
    found = [(limit.zh, limit.en, limit.times, limit.how) for limit in limits(needs)]
    sparse, dense = (most_gateways(needs.figures, pace) for pace in PACES)
    columns = (Column("zh", "先到的极限", "zh"), Column("en", "what is full", "en"),
               Column("times", "倍数", "times the load", 2), Column("how", "算法", "formula"))  # fmt: skip
    zh = f"先到的极限（全网状至多 {dense} 个网关，若每链路每秒 10 批；每秒 1 批则 {sparse}）"
    en = f"What is full first (a full mesh: {dense} gateways at 10 batches/s a link, {sparse} at one)"
    return Table("limits", zh, en, columns, found)


def _figures(figures: Figures) -> Table:
    rows = [
        (
            name,
            f"{figure.value:,.10g}",
            figure.unit,
            f"{MARKS[figure.mark]} {figure.mark}",
            figure.source,
        )
        for name, figure in figures.rows
    ]
    columns = (Column("name", "名称", "name"), Column("value", "值", "value"), Column("unit", "单位", "unit"),
               Column("mark", "依据", "mark"), Column("source", "出处", "source"))  # fmt: skip
    return Table("figures", "所依数据", "What all rests on", columns, rows)
