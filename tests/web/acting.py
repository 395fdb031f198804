"""What tests of acts do in a browser: whose pages there are, and how a form is opened, filled in and sent."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.web.conftest import WAIT_MS, Room
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import Filter

ASKER, ASKED, JOINT = "330000", "320000", "joint"
GRAVE = ("serious", "critical")
SENT = {"zh": "已发出", "en": "sent, and signed"}
expect.set_options(timeout=WAIT_MS)


def begin(tab: Tab, thing: str, act: str) -> None:
    """Opens an act's form on the first thing of which the address begins so."""
    tab.locator(f'[data-key^="act-{thing}"]').first.click()
    tab.locator(f'#act [data-key="act-{act}"]').click()
    expect(tab.locator("#act form")).to_be_visible()


def field(tab: Tab, name: str) -> Any:
    return tab.locator(f'[id="act-{name}"]')


def send(tab: Tab) -> None:
    tab.locator("[data-key=act-send]").click()


def message_of(room: Room, participant: str, type_name: str) -> list[Message]:
    return list(room.delta.client(participant).messages(Filter(types=[type_name])))


def pick(tab: Tab, thing: str, act: str, whose: str = "") -> None:
    """Opens things one by one until one offers the act; with `whose`, only in rows that say so."""
    places = tab.locator("tr", has_text=whose) if whose else tab
    things = places.locator(f'[data-key^="act-{thing}"]')
    for place in range(things.count()):
        things.nth(place).click()
        expect(tab.locator("#act .act-choices").first).to_be_attached()
        offered = tab.locator(f'#act [data-key="act-{act}"]')
        if offered.count():
            offered.click()
            return
        tab.keyboard.press("Escape")
    pytest.fail(f"nothing offers {act}")


def act_on_newest(tab: Tab, act: str) -> None:
    """Opens the newest messages' acts until the act is offered: what it is about may be on its way."""
    rows = tab.locator('.panel.log [data-key^="act-message:"]')
    expect(rows.first).to_be_visible()
    for _ in range(60):
        for place in range(3):
            rows.nth(place).click()
            expect(tab.locator("#act .act-choices").first).to_be_attached()
            offered = tab.locator(f'#act [data-key="act-{act}"]')
            if offered.count():
                offered.click()
                expect(tab.locator("#act form")).to_be_visible()
                return
            tab.keyboard.press("Escape")
    pytest.fail(f"nothing offers {act}")


def sent(tab: Tab, language: str = "zh") -> None:
    """Sends the form, and closes what says that it was sent."""
    send(tab)
    expect(tab.locator(".act-outcome")).to_contain_text(SENT[language])
    tab.keyboard.press("Escape")


def help_until_home(
    asked: Tab, asker: Tab, language: str, quantity: int, shot: Callable[[Tab, str], None]
) -> None:
    """From the form of an answer on: each side acts on what the other told last, where it is its turn."""
    field(asked, "line1-decision").select_option("PARTIAL")
    field(asked, "line1-quantity").fill(str(quantity))
    field(asked, "line1-reason").fill("本省留用其余")
    sent(asked, language)
    travels = {"line1-departure": "2021-07-26T01:00", "line1-arrival": "2021-07-26T06:00"}
    home = {"line1-returned": str(quantity - 1), "line1-consumed": "1"}
    steps: list[tuple[Tab, str, dict[str, str]]] = [
        (asker, "order", {}),
        (asked, "commit", travels),
        (asker, "release", {}),
        (asked, "return-home", home),
    ]
    for tab, act, typed in steps:
        go(tab, "log")
        act_on_newest(tab, act)
        for name, value in typed.items():
            field(tab, name).fill(value)
        if act == "return-home":
            field(tab, "step").select_option("RETURNED")
        shot(tab, f"act-{act}-{language}")
        sent(tab, language)


def go(tab: Tab, view: str) -> None:
    """To another part of the page."""
    tab.goto(f"{tab.url.split('#')[0]}#/{view}")
