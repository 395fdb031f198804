"""Writes docs/operate/metrics.md and the dashboard: `make operate-pages`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from integration.observe.catalogue import Described, described, system
from integration.observe.dashboard import dashboard

DOCS = Path(__file__).parents[2] / "docs" / "operate"
FILES = Path(__file__).parents[1] / "operate"
DASHBOARD = FILES / "grafana" / "yrd-dashboard.json"
HEADINGS = {
    "gateway": ("网关", "Gateway", "`telemetry: {metrics: 127.0.0.1:9460}` in the gateway's file"),
    "pipeline": (
        "联合态势管道",
        "Joint pipeline",
        "`telemetry: {metrics: …}` in its file, or `YRD_PIPELINE_TELEMETRY__METRICS`",
    ),
    "page": ("值班页面", "Duty-room page", "`telemetry: {metrics: …}` in the page's file"),
    "http": ("HTTP 接口", "HTTP door", "`telemetry: {metrics: …}` in the door's file"),
    "bridge": ("Kafka 桥", "Kafka bridge", "`metrics: 127.0.0.1:9464` in the bridge's file"),
}
BEGIN = """# 指标 · Metrics

每个进程按需在一个地址上以 Prometheus 文本格式给出指标，默认关闭。标签只取有限的值
（参与方、日志、方法、状态、原因），不含个人信息，也不含报文内容。告警规则见 [alerts.md](alerts.md)。

Each process tells its metrics in Prometheus' text form at an address of its own, off by default. Labels have
few values (participants, logs, methods, codes, reasons); none is of a person or of what a message says. Let
only your Prometheus reach the address: it is plain HTTP. Alert rules and dashboard: [alerts.md](alerts.md).

Made from the code by `make operate-pages`; a test holds them equal.
"""


def metrics_page() -> str:
    """The page."""
    return "\n".join([BEGIN, *_tables()])


def _tables() -> Iterator[str]:
    for process, metrics in described().items():
        zh, en, how = HEADINGS[process]
        yield f"## {zh} · {en}\nOn by {how}.\n"
        yield from _table(metrics)
    yield "## 每个进程 · Every process\nWhat Linux says of it.\n"
    yield from _table(system())


def _table(metrics: Sequence[Described]) -> Iterator[str]:
    yield "| metric | kind | labels | what it says |\n|---|---|---|---|"
    for metric in metrics:
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        yield f"| `{metric.name}` | {metric.kind} | {labels} | {metric.help} |"
    yield ""


if __name__ == "__main__":
    (DOCS / "metrics.md").write_text(metrics_page(), encoding="utf-8")
    DASHBOARD.write_text(dashboard(), encoding="utf-8")
