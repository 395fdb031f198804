"""Writes the tables and plots of docs/scale.md anew: `make scale`.

A table stands between two lines, <!-- its name --> and <!-- / -->; what else is in the text is people's.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from integration.simulate import needs_tables, validation
from integration.simulate.arrivals import Typhoon
from integration.simulate.figures import Figures, load
from integration.simulate.outages import parse
from integration.simulate.plots import plots
from integration.simulate.report import Report
from integration.simulate.scenario import Scenario, run
from integration.simulate.table import Column, Table

DOCUMENT = Path(__file__).parents[2] / "docs" / "scale.md"
PLOTS = DOCUMENT.with_suffix("")
_TABLE = re.compile(r"<!-- (?P<name>[a-z_]+) -->\n.*?<!-- / -->", re.DOTALL)
STEP = 30.0


def shown(figures: Figures) -> Scenario:
    """Half a day: a typhoon on the coast, a province cut off for two hours, two from each other for four."""
    outages = [parse("320000@2h+2h"), parse("310000/330000@5h+4h")]
    return Scenario(figures, hours=12, seconds=STEP, typhoon=Typhoon(4, 10), outages=outages)


def variants(figures: Figures) -> list[tuple[str, str, Scenario]]:
    """The same mesh otherwise, an hour each; Jiangsu is cut off for a quarter of it."""
    base = Scenario(figures, hours=1, seconds=STEP, outages=[parse("320000@0.25h+0.25h")])
    return [
        ("一倍负荷", "the load", base),
        ("三倍", "three times", replace(base, factor=3.0)),
        ("七倍", "seven times", replace(base, factor=7.0)),
        ("十倍", "ten times", replace(base, factor=10.0)),
        ("一倍，经区域中继", "the load, with relays", replace(base, relays=True)),
        ("七倍，经区域中继", "seven times, with relays", replace(base, factor=7.0, relays=True)),
        ("仅长三角四省", "the delta's four alone", replace(base, count=4)),
    ]


def tables() -> tuple[list[Table], dict[str, str]]:
    """All tables of the document, and the plots by file name."""
    figures = load()
    report = run(shown(figures))
    found = [
        *needs_tables.tables(figures),
        validation.table(figures),
        *report.tables(),
        _variants([(zh, en, run(one)) for zh, en, one in variants(figures)]),
    ]
    return found, plots(report)


def _variants(reports: Sequence[tuple[str, str, Report]]) -> Table:
    columns = (
        Column("zh", "情形", "zh"),
        Column("en", "variant", "en"),
        Column("links", "链路", "links", 0),
        Column("least", "联合值守处理器 至少 %", "joint room's processor at the least, %", 0),
        Column("most", "其他网关最多 %", "of others at most, %", 0),
        Column("life", "生命安全 99 % 秒", "life safety, 99 % within, s", 2),
        Column("routine", "常规 99 % 秒", "routine, 99 % within, s", 2),
        Column("missing", "未到", "missing at the end", 0),
        Column("recovery", "中断方收齐 秒", "cut off: holds all after, s", 0),
    )
    rows = [(zh, en, *_variant(report)) for zh, en, report in reports]
    zh, en = "其他情形（时延为未中断的链路）", "Variants (lags of links that were never cut)"
    return Table("variants", zh, en, columns, rows)


def _variant(report: Report) -> tuple[float | None, ...]:
    history = report.history
    share = 100 * history.least.mean(axis=0) / history.arrivals.seconds / 1e6
    joint = np.array([place.code == "joint" for place in history.mesh.places])
    life, _, routine = report.lags["never"]
    missing = sum(lag.missing for some in report.lags.values() for lag in some)
    return (
        len(history.mesh.links),
        float(share[joint].max()),
        float(share[~joint].max()),
        life.quantile(0.99),
        routine.quantile(0.99),
        missing,
        report.recoveries[0].inward,
    )


def filled(text: str, found: Mapping[str, str]) -> str:
    """The text with these tables in their places. Raises KeyError for one that there is none of."""
    return _TABLE.sub(lambda m: f"<!-- {m['name']} -->\n{found[m['name']]}\n<!-- / -->", text)


def main() -> None:
    """Writes them."""
    made, drawn = tables()
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(filled(text, {t.name: t.markdown() for t in made}), encoding="utf-8")
    PLOTS.mkdir(exist_ok=True)
    for name, svg in drawn.items():
        (PLOTS / name).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
