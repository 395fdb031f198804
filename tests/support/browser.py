"""Chromium from the system's package, headless, driven by Playwright."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from integration.engines.processes import EngineMissing, built

PACKAGES = ("chromium", "fonts-noto-cjk")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def program() -> Path:
    """Where it is. Raises EngineMissing."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise EngineMissing(
            f"Chromium is not on this machine (apt-get install {' '.join(PACKAGES)})"
        )
    return Path(found)


def fetch() -> Path:
    """Where it is; installed by apt where one may. Raises EngineMissing."""
    try:
        return program()
    except EngineMissing:
        if os.getuid() != 0 or shutil.which("apt-get") is None:
            raise
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    built(["apt-get", "update", "-qq"], Path("/"), quiet)
    built(
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *PACKAGES], Path("/"), quiet
    )
    return program()


def version() -> str:
    """What it says of itself. Raises EngineMissing."""
    command = [str(program()), "--version"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser until the block ends. Raises EngineMissing."""
    where = fetch()
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=where, args=list(FLAGS))
        try:
            yield made
        finally:
            made.close()
