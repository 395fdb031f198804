"""The joint picture as it prints: In-Fa hour by hour, an allocation, isolation areas: `make shown-picture`.

By the pipeline's plain functions alone: no gateway is started, and the same comes out every time.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from integration.drill.hours import Hour, hours, pictures, text
from integration.drill.scenario import Scenario, load
from pipelines.report import hazmat
from pipelines.report.proposals import proposal_text
from pipelines.words import EN, ZH
from schemas.codes.tables import admin
from schemas.instants import BEIJING
from tests.support.reported import LEAK
from tests.support.situation import after, picture
from yrd.situation.v1.situation_pb2 import SituationSummary

PLANNED = datetime(2021, 7, 25, 21, tzinfo=BEIJING)
CENTRE = {
    "330900": datetime(2021, 7, 25, 12, 30, tzinfo=BEIJING),
    "330400": datetime(2021, 7, 26, 9, 50, tzinfo=BEIJING),
    "320500": datetime(2021, 7, 26, 17, 0, tzinfo=BEIJING),
}
"""When the centre came to Putuo (Zhoushan), Pinghu (Jiaxing), Wujiang (Suzhou), as scenario.yaml has it."""
AHEAD = (24, 12, 6)
INSTANT = "%m-%d %H:%M"


def main() -> None:
    """Prints the page."""
    for part in _page(load("infa_2021")):
        print(part, end="\n\n", flush=True)


def _page(infa: Scenario) -> Iterator[str]:
    yield "# 联合态势 · The joint picture, as it prints"
    yield "Made by `make shown-picture`; from the same code the same comes out, byte for byte."
    yield "## 台风“烟花”逐小时，对照已知事实 · In-Fa hour by hour, beside what is known"
    found = {hour.at: hour for hour in hours(infa)}
    yield (
        f"`yrd drill infa_2021 --hours` prints all {len(found)} hours; here are those in which something"
        " known happened (◆, with its source in scenario.yaml). The picture of an hour rests on what was told"
        " until then: a landfall is in it once a warning tells of it."
    )
    yield _block(text(hour) for hour in found.values() if hour.happened)
    yield (
        "Winds of force 10 as the picture expected them so many hours before the centre is known to have"
        " come. No forecast of those days is open data: the track as it came stands for one, under a source"
        " that says so; a real forecast errs."
    )
    yield "\n".join(_arrivals(found))
    yield f"## 分配、理由与次优 · An allocation with reasons and the second best, {PLANNED:%m-%d %H:%M}"
    yield "What is proposed at that hour of the same scenario; people decide."
    yield _block(_proposals(infa))
    yield "## 省界氯气泄漏的隔离防护区 · Isolation areas for chlorine at a border"
    yield (
        "A tanker in Jinshan, some kilometres from Zhejiang, leaks at 20:00; wind from the west, 4 m/s."
        " Another tanker stands 2 km downwind, near a school that serves as a shelter"
        " (tests/support/reported.py). In the summary the areas are rings of WGS84 positions."
    )
    zones = picture(LEAK, after(minutes=10)).summary.isolation_zones
    only = SituationSummary(isolation_zones=zones)
    yield _block(f"  · {line}" for words in (ZH, EN) for line in hazmat.lines(only, words))


def _block(lines: Iterable[str]) -> str:
    return "```\n" + "\n".join(lines) + "\n```"


def _arrivals(found: Mapping[datetime, Hour]) -> Iterator[str]:
    yield "| city | centre known | hours before | force 10 expected, soonest – latest |"
    yield "|---|---|---|---|"
    for city, came in CENTRE.items():
        area = admin(city)
        for ahead in AHEAD:
            at = (came - timedelta(hours=ahead)).replace(minute=0)
            hour = found.get(at)
            window = hour.arrivals.get(city) if hour else None
            if window is not None and area is not None:
                yield f"| {area.name} | {came:{INSTANT}} | {ahead} | {_window(at, *window)} |"


def _window(at: datetime, soonest: float, latest: float | None) -> str:
    first = f"{at + timedelta(hours=soonest):{INSTANT}}"
    return f"{first} – " + ("?" if latest is None else f"{at + timedelta(hours=latest):{INSTANT}}")


def _proposals(infa: Scenario) -> Iterator[str]:
    for shown in pictures(infa):
        if shown.at == PLANNED:
            yield from map(proposal_text, shown.picture.proposals)


if __name__ == "__main__":
    main()
