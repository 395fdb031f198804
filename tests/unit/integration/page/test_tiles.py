"""The operator's map tiles: from a folder or an MBTiles file, told honestly, and nothing else from there."""

from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from gateway.settings_file import ConfigError
from integration.page.headers import POLICY, Guarded
from integration.page.tiles import EMPTY, Tiles, media_type, opened
from tests.support.tiling import ABOUT, folder, mbtiles, png

PLACE = (8, 213, 104)


def browser(**changes: Any) -> TestClient:
    """Asks as a browser does."""
    routes = opened(Tiles(**(ABOUT | changes))).routes()
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Guarded)]))


def test_a_folder_and_an_mbtiles_file_say_the_same(tmp_path: Path) -> None:
    other = (1 << 8) - 1 - PLACE[2]
    kinds: dict[str, dict[str, Any]] = {
        "xyz": {"path": folder(tmp_path / "xyz", PLACE)},
        "tms": {"path": folder(tmp_path / "tms", (8, 213, other)), "rows": "bottom"},
        "file": {"path": mbtiles(tmp_path / "a.mbtiles", PLACE)},
    }
    for name, changes in kinds.items():
        answer = browser(**changes).get("/tiles/8/213/104")
        assert answer.headers["content-type"] == "image/png", name
        assert answer.headers["cache-control"] == "private, max-age=86400"
        assert answer.headers["content-security-policy"] == POLICY
        row = other if name == "tms" else PLACE[2]
        assert answer.content == png(200, row, 60)


def test_where_there_is_no_tile_nothing_is_drawn(tmp_path: Path) -> None:
    here = folder(tmp_path / "xyz", PLACE)
    (here / "8" / "213" / "105.png").write_text("<svg onload='x'/>")
    asking = browser(path=here)
    for place in ("8/213/105", "8/213/106", "8/9/9", "20/1/1", "99/0/0"):
        answer = asking.get(f"/tiles/{place}")
        assert (answer.status_code, answer.content) == (200, EMPTY)
        assert answer.headers["content-type"] == "image/png"
    for path in ("/tiles/8/213/..%2f..%2f..%2fsecret", "/tiles/-1/0/0", "/tiles/8/213/104.png"):
        assert asking.get(path).status_code == 404


def test_what_is_said_of_them(tmp_path: Path) -> None:
    told = browser(path=folder(tmp_path, PLACE)).get("/tiles.json").json()
    assert told == ABOUT | {"grid": "mercator", "least_zoom": 5, "most_zoom": 12}
    none = TestClient(Starlette(routes=opened(None).routes()))
    assert none.get("/tiles.json").json() is None
    assert none.get("/tiles/8/213/104").content == EMPTY


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"crs": "GCJ-02"}, "坐标有偏移"),
        ({"crs": "bd09"}, "displaced by 100 to 700 m"),
        ({"crs": "EPSG:2437"}, "say CGCS2000 or WGS84"),
        ({"attribution": ""}, "attribution"),
        ({"least_zoom": 9, "most_zoom": 8}, "larger than most_zoom"),
    ],
)
def test_what_can_not_be_shown_honestly_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Tiles(**(ABOUT | {"path": Path("x")} | changes))
    assert Tiles(**(ABOUT | {"path": Path("x"), "crs": "wgs84"})).crs == "WGS84"


def test_files_that_are_no_tiles_are_named(tmp_path: Path) -> None:
    empty = mbtiles(tmp_path / "empty.mbtiles")
    (tmp_path / "text.mbtiles").write_text("no database")
    for path, words in (
        (tmp_path / "nowhere", "neither a folder"),
        (tmp_path / "nowhere.mbtiles", "check the file"),
        (tmp_path / "text.mbtiles", "no MBTiles"),
        (empty, "vector tiles are not drawn"),
    ):
        with pytest.raises(ConfigError, match=rf"tiles\.path.*{words}"):
            opened(Tiles(**(ABOUT | {"path": path})))


def test_only_images_are_images() -> None:
    assert media_type(EMPTY) == "image/png"
    assert media_type(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert media_type(b"RIFF0000WEBP") == "image/webp"
    assert media_type(b"<svg/>") is None
