"""One browser, and the duty-room page over five gateways to which In-Fa was told until 26 July, 8 o'clock."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from integration.drill.scenario import load
from integration.engines.processes import EngineMissing
from tests.support import browser as browsers
from tests.support.acting_page import acting_page
from tests.support.delta import Delta, delta
from tests.support.duty_room import Page, Told, page_config, served
from tests.support.materials import Materials

SHOTS = Path(__file__).parents[2] / "build" / "shown"
EVERYONE = ("310000", "320000", "330000", "340000", "joint")
WAIT_MS = 60_000
ACTING = ("330000", "320000", "joint")
"""Who has a page with people who act."""
EARLIER, BEFORE = 10, 12
"""So many pictures, of so many hours each, before the tests begin; a test tells more."""


@dataclass(slots=True)
class Room:
    """The page, the gateways, and what is left to tell of the storm."""

    page: Page
    delta: Delta
    told: Told


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; skips, naming what this machine lacks, and fails in CI."""
    with ExitStack() as running:
        try:
            made = running.enter_context(browsers.browser())
        except EngineMissing as error:
            if os.environ.get("CI") == "true":
                pytest.fail(f"CI has no Chromium: {error}")
            pytest.skip(f"left out: {error}")
        yield made


@pytest.fixture(scope="package")
def room(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with delta(materials, tmp_path_factory.mktemp("delta"), EVERYONE) as gateways:
        told = Told(gateways, load("infa_2021"))
        for _ in range(EARLIER):
            told.tell(BEFORE)
        config = page_config(materials, gateways.configs["joint"].listen)
        with served(config) as page:
            yield Room(page, gateways, told)


Open = Callable[..., Tab]


@pytest.fixture
def open_page(browser: Browser, room: Room) -> Iterator[Open]:
    """Opens the page in a window of its own; anything that its console complains of fails the test."""
    complaints: list[str] = []
    with ExitStack() as windows:

        def opened(
            language: str = "zh",
            view: str = "situation",
            dark: bool = False,
            size: str = "1440x900",
        ) -> Tab:
            width, height = map(int, size.split("x"))
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
            )
            windows.callback(context.close)
            context.set_default_timeout(WAIT_MS)
            tab = context.new_page()
            tab.on("pageerror", lambda error: complaints.append(str(error)))
            tab.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
            tab.goto(f"{room.page.url}/?lang={language}#/{view}")
            tab.wait_for_selector(".panel")
            return tab

        yield opened
    assert [c for c in complaints if "ERR_CONNECTION_REFUSED" not in c] == []


@pytest.fixture
def shot() -> Callable[[Tab, str], None]:
    """Keeps a picture of a window in build/shown."""

    def keep(tab: Tab, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        tab.screenshot(path=SHOTS / f"page-{name}.png")

    return keep


@pytest.fixture(scope="module")
def pages(
    materials: Materials, room: Room, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Page]]:
    with ExitStack() as running:
        yield {
            who: running.enter_context(
                acting_page(
                    materials, room.delta.configs[who].listen, who, tmp_path_factory.mktemp(who)
                )
            )
            for who in ACTING
        }


@pytest.fixture
def sit(
    browser: Browser, materials: Materials, pages: dict[str, Page]
) -> Iterator[Callable[..., Tab]]:
    """Opens a participant's page as one of its people."""
    complaints: list[str] = []
    with ExitStack() as windows:

        def opened(
            person: str,
            participant: str = "joint",
            language: str = "zh",
            view: str = "log",
            size: str = "1440x900",
        ) -> Tab:
            url = f"https://{urlsplit(pages[participant].url).netloc}"
            _, certificate, key = materials.system(participant, person)
            context = browser.new_context(
                viewport={
                    "width": int(size.split("x", maxsplit=1)[0]),
                    "height": int(size.split("x")[1]),
                },
                color_scheme="light" if language == "zh" else "dark",
                locale="zh-CN" if language == "zh" else "en-GB",
                ignore_https_errors=True,
                client_certificates=[{"origin": url, "certPath": certificate, "keyPath": key}],
            )
            windows.callback(context.close)
            context.set_default_timeout(WAIT_MS)
            tab = context.new_page()
            tab.on("pageerror", lambda error: complaints.append(str(error)))
            tab.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
            tab.goto(f"{url}/?lang={language}#/{view}")
            tab.wait_for_selector(".panel")
            expect(tab.locator("[data-key=who]")).to_contain_text(person)
            return tab

        yield opened
    # an answer that refuses is told in the dialog; the console tells of it, too
    assert [c for c in complaints if "Failed to load resource" not in c] == []
