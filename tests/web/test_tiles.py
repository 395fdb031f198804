"""The operator's base map in a real browser; and a page that began to read when much had been told."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from integration.page.tiles import Tiles
from tests.support.duty_room import page_config, served
from tests.support.materials import Materials
from tests.support.tiling import ABOUT, folder
from tests.web.conftest import SHOTS, WAIT_MS, Room

COLUMNS, ROWS = range(209, 217), range(100, 109)
YUYAO = "incident/330000%2Finfa-2021%2Fflood%2Fyuyao"
expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="module")
def late(
    materials: Materials, room: Room, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tab]:
    """A page with tiles that read nothing of what came before it; then the newest picture comes anew."""
    path = folder(tmp_path_factory.mktemp("tiles"), *((8, x, y) for x in COLUMNS for y in ROWS))
    config = page_config(materials, room.delta.configs["joint"].listen)
    tiles = Tiles(path=path, least_zoom=8, most_zoom=8, **ABOUT)
    with served(config.model_copy(update={"history_days": 1e-7, "tiles": tiles})) as page:
        assert room.told.newest is not None
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(WAIT_MS)
        tab = context.new_page()
        tab.goto(f"{page.url}/?lang=zh#/situation")
        room.told.publish(room.told.newest)
        tab.wait_for_selector(".panel.map")
        yield tab
        context.close()


def test_tiles_lie_under_the_marks_and_say_whose_they_are(late: Tab) -> None:
    images = late.locator("svg.drawing g.tiles image")
    expect(images.first).to_be_visible()
    assert images.count() >= len(COLUMNS) * (len(ROWS) - 2)
    expect(late.locator(".attribution")).to_contain_text("审图号 GS(2026)0000号")
    expect(late.locator(".attribution")).to_contain_text("CGCS2000")
    late.wait_for_function(
        "count => performance.getEntriesByType('resource').filter((e) => e.name.includes('/tiles/') "
        "&& e.responseStatus === 200).length >= count",
        arg=images.count(),
    )
    SHOTS.mkdir(parents=True, exist_ok=True)
    late.screenshot(path=SHOTS / "page-tiles-zh.png")
    late.locator("[data-key=layer-tiles]").click()
    expect(images).to_have_count(0)
    expect(late.locator(".attribution")).to_have_count(0)
    late.locator("[data-key=layer-tiles]").click()
    late.locator("[data-key=zoom_in]").click()
    expect(images.first).to_be_attached()


def test_tiles_stand_where_they_belong(late: Tab) -> None:
    """A corner of the grid in degrees, as the projection of the marks has it."""
    found = late.evaluate(
        """async () => {
            const { place } = await import("/static/map/projection.js");
            const image = document.querySelector('image[href="/tiles/8/213/104"]');
            const [x, y] = place((213 / 256) * 360 - 180, 31.952162238024968);
            return [Number(image.getAttribute("x")) - x, Number(image.getAttribute("y")) - y];
        }"""
    )
    assert found == [0, 0]


def test_earlier_reports_that_were_not_loaded_are_said(late: Tab) -> None:
    late.goto(late.url.partition("#")[0] + f"#/{YUYAO}")
    note = late.locator(".timeline .earlier, .panel .earlier").first
    expect(note).to_contain_text("更早的报告未载入（浙江")
    expect(note).to_contain_text("本页启动时只读取此时起收到的报文")
    late.locator("[data-key=lang]").click()
    expect(note).to_contain_text("Earlier reports are not loaded (Zhejiang before revision")
