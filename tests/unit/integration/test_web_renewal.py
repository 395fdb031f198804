"""Who looks for renewed certificates goes on, whatever one of them is like."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.settings_file import ConfigError
from integration.web.renewal import Renewable, watch


async def test_it_goes_on_after_every_failure(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What can't be used is said once; what is put there afterwards is taken."""
    file = tmp_path / "a.pem"
    file.write_text("0")
    failures = iter([ConfigError("half a file"), ZeroDivisionError("a defect")])
    read, taken = asyncio.Semaphore(0), asyncio.Event()
    loop = asyncio.get_running_loop()

    def look() -> Callable[[], None]:
        loop.call_soon_threadsafe(read.release)
        for error in failures:
            raise error
        return taken.set

    watching = asyncio.create_task(watch([Renewable("tls", (file,), look)], 0.01))
    try:
        async with asyncio.timeout(60):
            for _ in range(3):
                while read.locked():  # until it has seen a change
                    file.touch()
                    await asyncio.sleep(0.02)
                await read.acquire()
            await taken.wait()
    finally:
        watching.cancel()
    said = [record.__dict__["detail"] for record in caplog.records if record.levelname == "ERROR"]
    assert said == ["half a file", "defect"]
