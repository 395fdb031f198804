"""Operators' own licensed map tiles: read from a folder or an MBTiles file, and served by this page alone."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.config import Section
from gateway.settings_file import ConfigError

MBTILES = ".mbtiles"
ENDINGS = ("png", "jpg", "jpeg", "webp")
MOST_BYTES = 2 << 20
KEPT_SECONDS = 86_400
DISPLACED = ("GCJ02", "BD09")
Zoom = Annotated[int, Field(ge=0, le=20)]
Read = Callable[[int, int, int], bytes | None]
"""A tile by zoom, column and row from the top; None if there is none."""
# one transparent point: beyond what the tiles cover nothing is missing
EMPTY = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000b4944415478da6360000200"
    "00050001e9fadcd80000000049454e44ae426082"
)


class Tiles(Section):
    """Which tiles, and what must be said of them."""

    path: Path
    """A folder ZOOM/COLUMN/ROW.png (jpg, webp), or an .mbtiles file of such images."""
    attribution: str = Field(min_length=1, max_length=300)
    """Whose map it is, with its approval number (审图号): stands under the map."""
    crs: str
    """CGCS2000 or WGS84, which differ by less than a metre."""
    grid: Literal["mercator", "geographic"] = "mercator"
    """Web Mercator (EPSG:3857; 天地图 _w), or degrees (EPSG:4490, 4326; 天地图 _c)."""
    rows: Literal["top", "bottom"] = "top"
    """Where a folder counts rows from: XYZ from the top, TMS from the bottom."""
    least_zoom: Zoom = 5
    most_zoom: Zoom = 12

    @field_validator("crs")
    @classmethod
    def _where_things_are(cls, crs: str) -> str:
        plain = crs.upper().replace("-", "").replace("_", "")
        if plain in DISPLACED:
            raise ValueError(
                f"{crs} 坐标有偏移，标记会错位 is displaced by 100 to 700 m, by an unpublished rule: "
                "incidents would stand in the wrong street. 请用CGCS2000瓦片，如天地图 use tiles in "
                "CGCS2000, such as those of 天地图, or in WGS84"
            )
        if plain not in ("CGCS2000", "WGS84"):
            raise ValueError(f"{crs!r}: say CGCS2000 or WGS84, as the supplier of the tiles says")
        return plain

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least_zoom > self.most_zoom:
            raise ValueError("least_zoom: larger than most_zoom: exchange them")
        return self


@dataclass(frozen=True, slots=True)
class TileRoutes:
    """What browsers ask: which tiles there are, and each of them."""

    about: Tiles | None
    read: Read | None

    def routes(self) -> list[Route]:
        """All addresses."""
        return [
            Route("/tiles.json", self.described),
            Route("/tiles/{zoom:int}/{column:int}/{row:int}", self.tile),
        ]

    async def described(self, request: Request) -> Response:
        """What is to be known of the tiles; null if there are none."""
        fields = {"attribution", "crs", "grid", "least_zoom", "most_zoom"}
        told = self.about.model_dump(include=fields) if self.about else None
        return Response(json.dumps(told, ensure_ascii=False), media_type="application/json")

    async def tile(self, request: Request) -> Response:
        """One image."""
        found = None
        if self.read is not None and request.path_params["zoom"] <= 20:
            place = (request.path_params[name] for name in ("zoom", "column", "row"))
            found = await asyncio.to_thread(self.read, *place)
        kind = media_type(found or b"")
        headers = {"Cache-Control": f"private, max-age={KEPT_SECONDS}"}
        if found is None or kind is None:
            return Response(EMPTY, media_type="image/png", headers=headers)
        return Response(found, media_type=kind, headers=headers)


def media_type(image: bytes) -> str | None:
    """By what it begins with; None if it is no image that browsers draw."""
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if image.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/webp" if image[:4] == b"RIFF" and image[8:12] == b"WEBP" else None


def opened(settings: Tiles | None) -> TileRoutes:
    """The addresses by the settings. Raises ConfigError for tiles that can't be read."""
    if settings is None:
        return TileRoutes(None, None)
    if settings.path.suffix == MBTILES:
        return TileRoutes(settings, _mbtiles(settings))
    if not settings.path.is_dir():
        raise ConfigError(
            f"tiles.path: {settings.path}: neither a folder nor an .mbtiles file: check the path"
        )
    return TileRoutes(settings, _folder(settings))


def _flipped(settings: Tiles, zoom: int, row: int) -> int:
    """A row counted from the other side; there are half as many rows as columns in degrees."""
    rows = 1 << zoom if settings.grid == "mercator" else (1 << zoom) // 2
    return rows - 1 - row


def _folder(settings: Tiles) -> Read:
    def read(zoom: int, column: int, row: int) -> bytes | None:
        number = _flipped(settings, zoom, row) if settings.rows == "bottom" else row
        for ending in ENDINGS:
            try:
                with (settings.path / str(zoom) / str(column) / f"{number}.{ending}").open(
                    "rb"
                ) as file:
                    found = file.read(MOST_BYTES + 1)
            except OSError:
                continue
            return found if len(found) <= MOST_BYTES else None
        return None

    return read


def _mbtiles(settings: Tiles) -> Read:
    """MBTiles 1.3 counts rows from the bottom. Raises ConfigError."""
    path = settings.path
    where = f"{path.absolute().as_uri()}?mode=ro"
    asked = "SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=?"

    def read(zoom: int, column: int, row: int) -> bytes | None:
        with closing(sqlite3.connect(where, uri=True)) as file:
            place = zoom, column, _flipped(settings, zoom, row)
            found = file.execute(asked, place).fetchone()
        return bytes(found[0]) if found and found[0] and len(found[0]) <= MOST_BYTES else None

    try:
        with closing(sqlite3.connect(where, uri=True)) as file:
            first = file.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
    except sqlite3.Error as error:
        raise ConfigError(f"tiles.path: {path}: no MBTiles ({error}): check the file") from None
    if first is None or media_type(bytes(first[0] or b"")) is None:
        raise ConfigError(
            f"tiles.path: {path}: no tiles in PNG, JPEG or WebP: export images, vector tiles are not drawn"
        )
    return read
