"""What every metric has: a word on what it says, its unit, labels of few values, a row on the page."""

import re
from itertools import chain

import pytest

from integration.observe.catalogue import Described, described
from integration.observe.pages import DOCS, metrics_page

LABELS = {
    "participant": "one of five",
    "version": "one at a time",
    "log": "one for each participant",
    "peer": "one of five",
    "disposition": "the contract's four",
    "kind": "kinds of alarms",
    "method": "the contract's calls, or HTTP's methods",
    "code": "gRPC's codes",
    "outcome": "the contract's reasons, or four",
    "path": "the door's routes",
    "status": "HTTP's codes",
    "bridge": "names in bridges' files",
    "direction": "out and in",
    "reason": "reasons of dead letters",
}
"""Every label there is, and why it has few values. A message, a system or a person is none of them."""
UNITS = (
    "_seconds",
    "_bytes",
    "_entries",
    "_records",
    "_calls",
    "_pages",
    "_results",
)
NUMBERS = {
    # 0 or 1
    *("active", "accepting", "connected", "link_connected", "participant_stale", "working"),
    *("warnings", "alarms", "boards", "offset"),  # they count what they name
}
EVERY = [*chain.from_iterable(described().values())]


@pytest.mark.parametrize("metric", EVERY, ids=lambda metric: metric.name)
def test_a_metric_says_what_it_is(metric: Described) -> None:
    assert metric.help[0].isupper() or metric.help[0].isdigit(), metric
    assert metric.help.endswith("."), metric
    assert re.fullmatch(r"yrd_(gateway|pipeline|page|http|bridge)_[a-z_]+", metric.name), metric
    assert set(metric.labels) <= set(LABELS), metric


@pytest.mark.parametrize("metric", EVERY, ids=lambda metric: metric.name)
def test_a_name_ends_with_its_unit(metric: Described) -> None:
    bare = metric.name.split("_", 2)[2]
    match metric.kind:
        case "counter":
            assert metric.name.endswith("_total")
        case "histogram":
            assert metric.name.endswith("_seconds")
        case "gauge":
            assert bare in NUMBERS or metric.name.endswith(UNITS), metric


def test_no_name_is_told_twice() -> None:
    names = [metric.name for metric in EVERY]
    assert len(set(names)) == len(names)


def test_the_page_says_what_the_code_tells() -> None:
    page = (DOCS / "metrics.md").read_text(encoding="utf-8")
    assert page == metrics_page(), "run `make operate-pages`"
