"""The duty-room page in a real browser during In-Fa: in both languages, by keys, alive, and accessible."""

import json
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.support.duty_room import page_config, served
from tests.support.materials import Materials
from tests.web.conftest import SHOTS, WAIT_MS, Open, Room

VIEWS = ("situation", "aid", "hazmat", "supplies", "levels", "log")
YUYAO = "incident/330000%2Finfa-2021%2Fflood%2Fyuyao"
GRAVE = ("serious", "critical")
expect.set_options(timeout=WAIT_MS)

Shot = Callable[[Tab, str], None]


@pytest.mark.parametrize(
    ("language", "dark"), [("zh", False), ("en", True)], ids=["zh-light", "en-dark"]
)
def test_every_view_is_free_of_grave_faults(
    open_page: Open, shot: Shot, language: str, dark: bool
) -> None:
    tab = open_page(language, dark=dark)
    found = {}
    for view in (*VIEWS, YUYAO):
        tab.goto(re.sub(r"#.*", f"#/{view}", tab.url))
        tab.wait_for_selector(".panel")
        name = view.partition("/")[0]
        shot(tab, f"{name}-{language}-{'dark' if dark else 'light'}")
        report = Axe().run(tab).response
        found[name] = [v for v in report["violations"] if v["impact"] in GRAVE]
    SHOTS.joinpath(f"axe-{language}-{'dark' if dark else 'light'}.json").write_text(
        json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    faults = {
        name: [(v["id"], node["target"], node["any"][:1]) for v in list_ for node in v["nodes"][:3]]
        for name, list_ in found.items()
        if list_
    }
    assert faults == {}


def test_the_first_look(open_page: Open) -> None:
    tab = open_page()
    expect(tab.locator("#mode strong")).to_have_text("演练")
    expect(tab.locator("#mode")).to_contain_text("不得据此调动力量")
    expect(tab).to_have_title(re.compile("【演练】"))
    expect(tab.locator("#coverage li")).to_have_count(4)
    expect(tab.locator(".glance")).to_contain_text("大流量排涝泵车")
    expect(tab.locator(".cards .card").first).to_contain_text("余姚城区严重内涝")
    expect(tab.locator("svg.drawing a.incident").first).to_be_visible()
    expect(tab.locator(".panel.map")).to_contain_text("示意图")
    tab.locator("[data-key=lang]").click()
    expect(tab.locator("#mode strong")).to_have_text("EXERCISE")
    expect(tab.locator("html")).to_have_attribute("lang", "en")
    expect(tab.locator("#coverage")).to_contain_text("Shanghai")


@pytest.mark.parametrize("size", ["390x844", "3840x2160"], ids=["phone", "wall"])
def test_it_fits_a_phone_and_a_wall(open_page: Open, shot: Shot, size: str) -> None:
    tab = open_page(size=size, dark=size.startswith("38"))
    wider = tab.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wider <= 0
    shot(tab, f"situation-{size}")


def test_it_is_used_by_keys_alone(open_page: Open) -> None:
    tab = open_page()
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    tab.keyboard.press("k")
    tab.keyboard.press("Enter")
    expect(tab.locator(".incident-head h2")).to_have_text("余姚城区严重内涝")
    expect(tab.locator(".revisions li")).to_have_count(2)
    expect(tab.locator(".changes").first).to_contain_text("120")
    tab.keyboard.press("Escape")
    tab.keyboard.press("5")
    expect(tab.locator("#tabs a[aria-current]")).to_contain_text("预警响应")
    tab.keyboard.press("?")
    expect(tab.locator("#sheet")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator("#sheet")).to_be_hidden()


def test_evidence_stands_behind_a_number(open_page: Open, shot: Shot) -> None:
    tab = open_page(view=YUYAO)
    tab.locator(".panel.sources .evidence").first.click()
    expect(tab.locator("#sheet .tag").first).to_contain_text("签名与包含证明成立")
    expect(tab.locator("#sheet")).to_contain_text("yrd/330000")
    shot(tab, "evidence-zh")


def test_as_it_was_known_then(open_page: Open, shot: Shot) -> None:
    tab = open_page()
    now = tab.locator(".instant time").inner_text()
    for _ in range(3):
        tab.keyboard.press("[")
    expect(tab.locator("#past")).to_contain_text("不是现在")
    expect(tab.locator(".instant time")).not_to_have_text(now)
    shot(tab, "past-zh")
    tab.keyboard.press("\\")
    expect(tab.locator("#past")).to_have_count(0)
    expect(tab.locator(".instant time")).to_have_text(now)


def test_news_comes_without_a_reload(open_page: Open, room: Room) -> None:
    tab = open_page()
    before = tab.locator(".instant time").inner_text()
    tab.evaluate("window.kept = true")
    tab.locator("[data-incident]").first.focus()
    picture = room.told.tell(6)
    expect(tab.locator(".instant time")).not_to_have_text(before)
    expect(tab.locator(".cards .card")).to_have_count(len(picture.summary.incidents))
    assert tab.evaluate("window.kept")
    assert tab.evaluate("document.activeElement.dataset.incident")  # nobody lost their place


def test_a_script_in_a_narrative_stays_text(open_page: Open, room: Room) -> None:
    tab = open_page()
    picture = room.told.tell(1)
    script = "<img src=x onerror=\"document.title='x'\"><script>document.title='x'</script>"
    picture.summary.incidents[0].title = script
    room.told.publish(picture)
    expect(tab.locator(".cards .card", has_text=script)).to_be_visible()
    expect(tab.locator(".cards img, .cards script")).to_have_count(0)
    expect(tab).to_have_title(re.compile("【演练】"))


def test_a_lost_connection_is_shown_and_heals(
    materials: Materials, room: Room, open_page: Open, shot: Shot
) -> None:
    config = page_config(materials, room.delta.configs["joint"].listen)
    tab = open_page()
    with served(config) as page:
        tab.goto(f"{page.url}/?lang=zh")
        tab.wait_for_selector(".panel")
    expect(tab.locator("#link")).to_contain_text("连接中断")
    expect(tab).to_have_title(re.compile("连接中断"))
    shot(tab, "lost-zh")
    with served(config):
        expect(tab.locator("#notice")).to_contain_text("连接已恢复")
        expect(tab.locator("#link")).to_contain_text("实时")
