"""The duty-room page under load: how soon 500 pages have what is new, and what 10,000 updates do to one.

Prints a table. The pages are streams in a process of their own; the one page is in Chromium. What comes is a
picture of the In-Fa drill with another title and figure each time, put into the page's room.
"""

import argparse
import asyncio
import multiprocessing
import re
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from integration import certs
from integration.drill.hours import pictures
from integration.drill.scenario import load
from integration.page import room as rooms
from integration.page.following import Came
from pipelines.pictures.picture import Picture
from pipelines.pictures.results import draft, views
from tests.support.browser import browser
from tests.support.builders import message
from tests.support.duty_room import Page, page_config, served
from tests.support.materials import Materials
from tests.support.running import free_port, running

HOUR = 128
"""Of the drill: 26 July, 16 o'clock in Beijing."""
SENT = re.compile(rb"@(\d+)@")
MEGABYTE = 1 << 20


@dataclass(slots=True)
class Feed:
    """Puts pictures into a page's room as its follower would."""

    page: Page
    picture: Picture
    count: int = 0

    def put(self, title: str) -> None:
        """The picture with another title and figure."""
        self.count += 1
        first = self.picture.summary.incidents[0]
        first.title = title
        first.casualties.evacuated = 10_000 + self.count
        view = next(views(self.picture))
        at = first.occurred_time.ToDatetime()
        self.page.server.deliver(
            Came([message("joint", self.count, draft(view, self.count), at)], True)
        )


@contextmanager
def fed() -> Iterator[Feed]:
    """A page over a gateway that says nothing by itself."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yrd-page-")))
        certs.make_all(folder / "certs")
        materials = Materials(folder / "certs")
        config = materials.config("joint", free_port(), folder / "data", check_processes=0)
        stack.enter_context(running(config))
        page = stack.enter_context(served(page_config(materials, config.listen)))
        shown = next(islice(pictures(load("infa_2021")), HOUR, None))
        yield Feed(page, shown.picture)


async def _follow(port: int, lags: list[float], ready: asyncio.Semaphore) -> None:
    """One page's stream: milliseconds from each send to its arrival."""
    reading, writing = await asyncio.open_connection("127.0.0.1", port, limit=4 * MEGABYTE)
    writing.write(b"GET /events?lang=zh HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await reading.readuntil(b"event: parts")
    ready.release()
    while line := await reading.readline():
        found = SENT.search(line)
        if found:
            lags.append(time.time() * 1000 - int(found[1]))


def _pages(port: int, count: int, seconds: float, told: Connection) -> None:
    """In a process of its own: so many streams for so long."""

    async def run() -> list[float]:
        lags: list[float] = []
        ready = asyncio.Semaphore(0)
        streams = [asyncio.create_task(_follow(port, lags, ready)) for _ in range(count)]
        for _ in streams:
            await ready.acquire()
        told.send("ready")
        await asyncio.sleep(seconds)
        for stream in streams:
            stream.cancel()
        await asyncio.gather(*streams, return_exceptions=True)
        return lags

    told.send(asyncio.run(run()))


def many(count: int, seconds: float, per_second: float) -> str:
    """A row of the table: freshness at so many pages."""
    with fed() as feed:
        feed.put("begin")
        here, there = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        arguments = (feed.page.config.port, count, seconds + 5, there)
        process = context.Process(target=_pages, args=arguments)
        process.start()
        here.recv()
        before = resource.getrusage(resource.RUSAGE_SELF)
        for _ in range(round(seconds * per_second)):
            feed.put(f"@{time.time() * 1000:.0f}@")
            time.sleep(1 / per_second)
        after = resource.getrusage(resource.RUSAGE_SELF)
        lags = sorted(here.recv())
        process.join()
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    worst, late = lags[-1], lags[int(len(lags) * 0.99)]
    return (
        f"| {count} pages, {per_second:g} updates a second, {seconds:g} s | {len(lags)} arrivals; "
        f"{median(lags):.0f} ms in the middle, {late:.0f} ms for 99 %, {worst:.0f} ms at most; "
        f"{used / seconds:.2f} cores |"
    )


def long(updates: int, per_second: float) -> Iterator[str]:
    """Rows of the table: one page in Chromium for so many updates."""
    rooms.PAUSE_SECONDS = 0.0  # each is seen alone
    with fed() as feed, browser() as chromium:
        feed.put("begin")
        tab = chromium.new_page(viewport={"width": 1440, "height": 900})
        tab.goto(f"{feed.page.url}/?lang=zh")
        tab.wait_for_selector(".panel")
        devtools = tab.context.new_cdp_session(tab)
        devtools.send("Performance.enable")

        def look() -> dict[str, float]:
            devtools.send("HeapProfiler.collectGarbage")
            metrics = devtools.send("Performance.getMetrics")["metrics"]
            return {m["name"]: m["value"] for m in metrics}

        first = before = look()
        step = max(1, updates // 5)
        for number in range(1, updates + 1):
            feed.put(f"第{number}次")
            time.sleep(1 / per_second)
            if number % step == 0:
                tab.wait_for_selector(f".cards :text('第{number}次')", timeout=60_000)
                now = look()
                yield _row(number, step, before, now)
                before = now
        grown = (before["JSHeapUsedSize"] - first["JSHeapUsedSize"]) / MEGABYTE
        yield f"| heap after all of them | {grown:+.1f} MB against the first look |"


def _row(number: int, step: int, before: dict[str, float], now: dict[str, float]) -> str:
    spent, script, layout = (
        (now[name] - before[name]) / step * 1000
        for name in ("TaskDuration", "ScriptDuration", "LayoutDuration")
    )
    heap = now["JSHeapUsedSize"] / MEGABYTE
    return (
        f"| update {number} | {spent:.1f} ms each, of it script {script:.1f} and layout {layout:.1f}; "
        f"heap {heap:.1f} MB, {now['Nodes']:.0f} nodes |"
    )


def main() -> None:
    """Prints the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pages", type=int, default=500)
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--updates", type=int, default=10_000)
    told = asked.parse_args()
    print("| what | found |\n|---|---|", flush=True)
    if told.pages:
        print(many(told.pages, told.seconds, 1), flush=True)
    for row in long(told.updates, 50) if told.updates else ():
        print(row, flush=True)


if __name__ == "__main__":
    main()
