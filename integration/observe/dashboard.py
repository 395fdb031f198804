"""The Grafana dashboard, made from a table of panels: `make operate-pages` writes it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

WIDE, HIGH, ACROSS = 8, 7, 3
"""A panel on Grafana's grid of 24 columns, and how many stand in a row."""
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel: queries by what their lines are called, and the unit in Grafana's words."""

    title: str
    queries: dict[str, str]
    unit: str = "short"
    kind: str = "timeseries"


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under a heading."""

    title: str
    panels: Sequence[Panel]


def _rate(metric: str, by: str) -> str:
    return f"sum by ({by}) (rate({metric}[$__rate_interval]))"


def _late(metric: str, part: float, by: str = "instance") -> str:
    return f"histogram_quantile({part}, {_rate(f'{metric}_bucket', f'{by}, le')})"


ROWS = (
    Row(
        "网关 · Gateways",
        (
            Panel(
                "接收状态（1 正常）· Accepting (1: yes)",
                {"{{instance}}": "yrd_gateway_accepting"},
                kind="stat",
            ),
            Panel(
                "未处置告警 · Unsettled alarms",
                {"{{instance}} {{kind}}": "yrd_gateway_alarms > 0"},
                kind="stat",
            ),
            Panel(
                "需处理的提示 · Warnings",
                {"{{instance}}": "yrd_gateway_warnings"},
                kind="stat",
            ),
            Panel(
                "发布报文：接收与拒收原因 · Drafts by outcome",
                {"{{outcome}}": _rate("yrd_gateway_drafts_total", "outcome")},
                "ops",
            ),
            Panel(
                "收到的条目 · Entries by log",
                {"{{log}} {{disposition}}": _rate("yrd_gateway_entries_total", "log, disposition")},
                "ops",
            ),
            Panel(
                "写盘耗时 · Commits",
                {
                    "p50": _late("yrd_gateway_commit_seconds", 0.5),
                    "p99": _late("yrd_gateway_commit_seconds", 0.99),
                },
                "s",
            ),
            Panel(
                "调用 · Calls by method and code",
                {"{{method}} {{code}}": _rate("yrd_gateway_calls_total", "method, code")},
                "ops",
            ),
            Panel(
                "调用耗时 p99 · Calls, p99",
                {"{{method}}": _late("yrd_gateway_call_seconds", 0.99, "method")},
                "s",
            ),
            Panel(
                "数据盘可用 · Disk free",
                {"{{instance}}": "yrd_gateway_disk_free_bytes"},
                "bytes",
            ),
        ),
    ),
    Row(
        "链路 · Links",
        (
            Panel(
                "链路（1 连通）· Connected (1: yes)",
                {"{{instance}} → {{peer}}": "yrd_gateway_link_connected"},
                kind="stat",
            ),
            Panel(
                "本机落后条数 · Entries behind the peer",
                {"{{instance}} → {{peer}}": "yrd_gateway_link_behind_entries"},
            ),
            Panel(
                "对端未签收条数 · Own entries without receipt",
                {"{{instance}} → {{peer}}": "yrd_gateway_link_unreceipted_entries"},
            ),
        ),
    ),
    Row(
        "联合态势与值班页面 · Picture and page",
        (
            Panel("管道滞后 · Pipeline lag", {"{{instance}}": "yrd_pipeline_lag_seconds"}, "s"),
            Panel(
                "批次耗时 p99 · Batches, p99",
                {"{{instance}}": _late("yrd_pipeline_batch_seconds", 0.99)},
                "s",
            ),
            Panel(
                "结果 · Results by outcome",
                {"{{outcome}}": _rate("yrd_pipeline_results_total", "outcome")},
                "ops",
            ),
            Panel(
                "页面态势的年龄 · Age of the page's picture",
                {"{{instance}}": "time() - yrd_page_picture_timestamp_seconds"},
                "s",
            ),
            Panel(
                "沉默的参与方（1 沉默）· Silent participants (1: silent)",
                {"{{participant}}": "yrd_page_participant_stale"},
                kind="stat",
            ),
            Panel("打开的页面 · Open pages", {"{{instance}}": "yrd_page_open_pages"}),
            Panel(
                "待发布结果 · Results that wait", {"{{instance}}": "yrd_pipeline_waiting_results"}
            ),
        ),
    ),
    Row(
        "接口 · Doors",
        (
            Panel(
                "HTTP 请求 · HTTP requests",
                {"{{path}} {{status}}": _rate("yrd_http_requests_total", "path, status")},
                "ops",
            ),
            Panel(
                "Kafka 桥滞后 · Kafka bridge, lag",
                {"{{bridge}} {{direction}}": "yrd_bridge_lag_seconds"},
                "s",
            ),
            Panel(
                "死信 · Dead letters",
                {"{{bridge}} {{reason}}": _rate("yrd_bridge_dead_letters_total", "bridge, reason")},
                "ops",
            ),
        ),
    ),
)


def dashboard() -> str:
    """The dashboard as Grafana reads it from a file."""
    told = {
        "uid": "yrd-exchange",
        "title": "长三角应急报文交换 · Yangtze Delta exchange",
        "tags": ["yrd"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "refresh": "10s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "Asia/Shanghai",
        "templating": {"list": [_variable()]},
        "panels": [*_panels()],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _variable() -> dict[str, Any]:
    return {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
    }


def _panels() -> Iterator[dict[str, Any]]:
    numbers, top = count(1), 0
    for row in ROWS:
        yield {
            "id": next(numbers),
            "type": "row",
            "title": row.title,
            "collapsed": False,
            "panels": [],
            "gridPos": {"x": 0, "y": top, "w": WIDE * ACROSS, "h": 1},
        }
        top += 1
        for place, panel in enumerate(row.panels):
            down, right = divmod(place, ACROSS)
            where = {"x": right * WIDE, "y": top + down * HIGH, "w": WIDE, "h": HIGH}
            yield _panel(next(numbers), panel, where)
        top += -(-len(row.panels) // ACROSS) * HIGH


def _panel(number: int, panel: Panel, where: dict[str, int]) -> dict[str, Any]:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "datasource": SOURCE,
        "gridPos": where,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {
                "refId": chr(ord("A") + place),
                "expr": expr,
                "legendFormat": name,
                "datasource": SOURCE,
            }
            for place, (name, expr) in enumerate(panel.queries.items())
        ],
    }
