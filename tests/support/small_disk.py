"""A file system that can be filled: a small one in memory, where this machine lets one mount it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHUNK = bytes(1 << 16)


@contextmanager
def small_disk(folder: Path, mib: int) -> Iterator[Path]:
    """The folder, made and of that size, until the block ends. Skips the test where none may be mounted."""
    folder.mkdir(mode=0o755)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "none", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        if os.environ.get("CI") == "true":
            pytest.fail("CI may not mount a tmpfs")
        pytest.skip("left out: no right to mount a tmpfs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leaves no room; the file to remove for room again."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(CHUNK)
    return ballast
