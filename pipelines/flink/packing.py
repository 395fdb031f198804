"""Our code as one archive that Flink takes along with a job (-pyfs)."""

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pipelines
import schemas
from buf.validate import validate_pb2
from yrd.exchange.v1 import message_pb2

PACKAGES = {
    "pipelines": Path(pipelines.__file__).parent,
    "schemas": Path(schemas.__file__).parent,
    "yrd": Path(message_pb2.__file__).parents[2],
    "buf": Path(validate_pb2.__file__).parents[1],
}
_LEFT_OUT = frozenset(["__pycache__", "samples", "reference"])
"""Folders that no job reads."""


def pack(archive: Path) -> None:
    """Writes all that the job imports and reads, but for what is in Flink's own environment."""
    with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
        for name, folder in PACKAGES.items():
            for path in _files(folder):
                packed.write(path, Path(name) / path.relative_to(folder))


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in _LEFT_OUT:
            yield from _files(path)
        elif path.is_file() and path.suffix != ".pyi":
            yield path
