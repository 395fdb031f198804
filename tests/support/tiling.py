"""Map tiles of one colour each, as a folder and as an MBTiles file."""

import sqlite3
import struct
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

ABOUT: dict[str, Any] = {"attribution": "测试底图 · 审图号 GS(2026)0000号", "crs": "CGCS2000"}
Place = tuple[int, int, int]


def png(red: int, green: int, blue: int) -> bytes:
    """An image of one point."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes([0, red, green, blue]))
    parts = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def folder(path: Path, *places: Place) -> Path:
    """Tiles by zoom, column and row; the green part of their colour is the row."""
    for zoom, column, row in places:
        file = path / str(zoom) / str(column) / f"{row}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png(200, row % 256, 60))
    return path


def mbtiles(path: Path, *places: Place) -> Path:
    """The same in one file, whose rows are counted from the bottom."""
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data BLOB)")
        rows = [(z, x, (1 << z) - 1 - y, png(200, y % 256, 60)) for z, x, y in places]
        file.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    return path
