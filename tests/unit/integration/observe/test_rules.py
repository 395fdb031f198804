"""Alert rules, runbook and dashboard: what they name is told, every alert is explained in two languages."""

import json
import re
from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

import promql_parser
import pytest
import yaml

from integration.observe.catalogue import described, system
from integration.observe.dashboard import dashboard
from integration.observe.pages import DASHBOARD, DOCS, FILES

METRICS = [*chain.from_iterable((*described().values(), system()))]
LABELS = {
    sample: {*metric.labels, "le", "instance", "job"}
    for metric in METRICS
    for sample in metric.samples
} | {"up": {"instance", "job"}}
"""Name that a query may use → the labels that it has."""
VALUES = {
    "outcome": {"accepted", "refused"},
    "disposition": {"whole", "redacted", "withheld", "quarantined"},
}
ALERT = re.compile(r"^## (\w+)$", re.MULTILINE)


def rules() -> list[dict[str, Any]]:
    content = yaml.safe_load((FILES / "prometheus" / "yrd-rules.yaml").read_text(encoding="utf-8"))
    return [rule for group in content["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return found


def queries() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    for panel in panels():
        for target in panel.get("targets", []):
            yield target["expr"].replace("$__rate_interval", "5m")


class Selectors:
    """What an expression selects, and by which labels it groups."""

    def __init__(self, expr: str) -> None:
        self.selected: list[Any] = []
        self.grouped: set[str] = set()
        promql_parser.walk(promql_parser.parse(expr), self._visit)

    def _visit(self, node: Any) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            self.selected.append(node)
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier:
            self.grouped |= set(node.modifier.labels)


@pytest.mark.parametrize("expr", [*queries()])
def test_a_query_names_what_is_told(expr: str) -> None:
    found = Selectors(expr)
    assert found.selected
    for selector in found.selected:
        assert selector.name in LABELS, f"no process tells {selector.name}"
        assert found.grouped <= LABELS[selector.name], expr
        for matcher in selector.matchers.matchers:
            assert matcher.name in LABELS[selector.name], f"{selector.name} has no {matcher.name}"
            assert matcher.value in VALUES.get(matcher.name, {matcher.value})


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_a_rule_is_whole(rule: dict[str, Any]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
    assert re.fullmatch(r"\d+[smh]", rule.get("for", "1m"))
    assert set(rule["annotations"]) == {"summary", "runbook"}
    chinese, _, english = rule["annotations"]["summary"].partition("· ")
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert english
    told = set(re.findall(r"\$labels\.(\w+)", chinese + english))
    names = {selector.name for selector in Selectors(rule["expr"]).selected}
    assert all(told <= LABELS[name] for name in names)
    assert rule["annotations"]["runbook"] == f"docs/operate/alerts.md#{rule['alert'].lower()}"


def test_every_alert_has_its_section_and_no_other_is_there() -> None:
    page = (DOCS / "alerts.md").read_text(encoding="utf-8")
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)
    assert ALERT.findall(page) == names
    for section in ALERT.split(page)[2::2]:
        for part in ("- **含义**：", "- **Meaning**: ", "- **First step**: "):
            assert section.count(part) == 1, section


def test_every_metric_of_a_gateway_that_can_be_bad_is_watched() -> None:
    watched = {s.name for expr in queries() for s in Selectors(expr).selected}
    for name in ("accepting", "alarms", "link_connected", "disk_free_bytes", "drafts_total"):
        assert f"yrd_gateway_{name}" in watched


def test_the_dashboard_is_the_one_that_the_code_makes() -> None:
    assert DASHBOARD.read_text(encoding="utf-8") == dashboard(), "run `make operate-pages`"


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    told = json.loads(dashboard())
    assert told["uid"]
    assert told["templating"]["list"][0]["type"] == "datasource"
    found = panels()
    assert len({panel["id"] for panel in found}) == len(found)
    for panel in found:
        place = panel["gridPos"]
        assert 0 <= place["x"] < place["x"] + place["w"] <= 24
        if panel["type"] != "row":
            assert panel["datasource"]["uid"] == "${datasource}"
            assert panel["targets"]
            refs = [target["refId"] for target in panel["targets"]]
            assert len(set(refs)) == len(refs)
            assert "· " in panel["title"]
    for one, other in combinations((panel["gridPos"] for panel in found), 2):
        assert not _overlap(one, other), (one, other)


def _overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    across = one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
    down = one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"]
    return across and down


def test_the_files_that_lead_there_name_what_is_there() -> None:
    scrape = yaml.safe_load((FILES / "prometheus" / "scrape.yaml").read_text(encoding="utf-8"))
    assert [(FILES / "prometheus" / name).exists() for name in scrape["rule_files"]] == [True]
    assert all(job["job_name"].startswith("yrd-") for job in scrape["scrape_configs"])
    provider = yaml.safe_load((FILES / "grafana" / "provider.yaml").read_text(encoding="utf-8"))
    assert provider["providers"][0]["type"] == "file"
