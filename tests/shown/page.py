"""What the browser tests saw of the duty-room page during In-Fa, as a page: `make shown-page`.

They keep pictures and what axe-core found in build/shown; the pictures that documents show go to docs/shown.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
KEPT, SHOWN = ROOT / "build" / "shown", ROOT / "docs" / "shown"
PARTS: Mapping[str, tuple[str, str]] = {
    "situation-zh": ("situation-zh-light", "态势：横条、覆盖、四个框、示意图、联合事件"),
    "situation-en": ("situation-en-dark", "the same in English and dark"),
    "incident-zh": ("incident-zh-light", "事件页：数据与来源、时间线、需求、互助"),
    "incident-en": ("incident-en-dark", "an incident in English"),
    "aid-zh": ("aid-zh-light", "互助：建议、进程、逾期、现在要做的决定"),
    "hazmat-zh": ("hazmat-zh-light", "危货：省界附近车辆、交接、隔离区"),
    "supplies-zh": ("supplies-zh-light", "资源与物资"),
    "levels-zh": ("levels-zh-light", "预警与响应级别，四省市并列"),
    "log-zh": ("log-zh-light", "报文"),
    "evidence-zh": ("evidence-zh", "凭据：数字背后签名的报文"),
    "past-zh": ("past-zh", "时间轴：当时所知"),
    "lost-zh": ("lost-zh", "连接中断"),
    "phone": ("situation-390x844", "手机 on a phone"),
    "tiles-zh": ("tiles-zh", "自有底图 an operator's own base map"),
    "act-request-aid-zh": ("act-request-aid-zh", "办理：采纳建议、修改后请求"),
    "act-answer-zh": ("act-answer-zh", "办理：应答"),
    "act-order-en": ("act-order-en", "ordering, in English and dark"),
    "act-merge-zh": ("act-merge-zh", "办理：合并事件"),
    "act-object-en": ("act-object-en", "objecting, in English"),
    "act-stale-zh": ("act-stale-zh", "页面已过时：说明变化，保留填写内容"),
    "act-waiting-zh": ("act-waiting-zh", "待另一人复核"),
    "report-zh": ("report-zh", "态势报告"),
}
"""A picture's name in docs/shown → its name as a test keeps it, and what it shows."""
AXE = {
    "axe-zh-light": "views, zh, light",
    "axe-en-dark": "views, en, dark",
    "axe-acts-zh": "dialogs, zh, light",
    "axe-acts-en": "dialogs, en, dark",
}


def main() -> None:
    """Copies the pictures and prints the page. Exits naming what is missing."""
    wanted = [f"page-{kept}.png" for kept, _ in PARTS.values()] + [f"{name}.json" for name in AXE]
    missing = [name for name in wanted if not (KEPT / name).is_file()]
    if missing:
        raise SystemExit(
            f"{', '.join(missing)} missing in build/shown: run `make test ARGS=tests/web`"
        )
    for name, (kept, _) in PARTS.items():
        shutil.copyfile(KEPT / f"page-{kept}.png", SHOWN / f"page-{name}.png")
    print("\n\n".join(_page()))


def _page() -> Iterator[str]:
    yield "# 值班页面：画面与无障碍检查 · The duty-room page: pictures, and what axe-core finds"
    yield (
        "Made by `make shown-page` from what `tests/web` keeps: Chromium, the page over five gateways, In-Fa"
        " until 26 July 2021, 8 o'clock (an exercise). What it takes: [measured](../page.md)."
    )
    yield "## axe-core"
    yield _table()
    yield "## 画面 · Pictures"
    for name, (_, what) in PARTS.items():
        yield f"**{what}**\n\n![{what}](page-{name}.png)"


def _table() -> str:
    rows = ["| looked at | serious or critical faults |", "|---|---|"]
    for name, what in AXE.items():
        found: dict[str, list[Any]] = json.loads((KEPT / f"{name}.json").read_text())
        for part, faults in found.items():
            rows.append(f"| {what}: {part} | {len(faults) or 'none'} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
