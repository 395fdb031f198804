"""A standby takes over from an active gateway that was killed, stopped, or cut off: one log, whole.

And what a server may do to the gateway that writes into it.
"""

import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from integration.engines.postgres import Server
from integration.engines.postgres import server as a_server
from tests.engines.recording import Recovery
from tests.support.materials import Materials
from tests.support.pair import pair
from tests.support.proxy import Proxy
from tests.support.waiting import until

LOAD = 100


@pytest.mark.fault("PostgreSQL", "SIGKILL of the active gateway")
def test_after_a_kill_the_standby_goes_on_with_the_log(
    materials: Materials, database: str, tmp_path: Path, recovery: Recovery
) -> None:
    with pair(materials, tmp_path / "pair", [database, database]) as made:
        first, second = made.members
        second.start()
        made.wait_logged(second, "standby of")
        publishing = made.load()
        made.wait_more(LOAD)
        first.end(signal.SIGKILL)
        with recovery.measured():
            made.wait_more(LOAD)
        print(f"\n{publishing.longest_seconds:.1f} s without an acknowledgement")
        made.assert_whole(second)


@pytest.mark.fault(
    "PostgreSQL", "the active gateway is stopped (SIGSTOP), and goes on when it was taken over"
)
def test_who_was_stopped_for_too_long_adds_nothing_and_becomes_the_standby(
    materials: Materials, database: str, tmp_path: Path
) -> None:
    with pair(materials, tmp_path / "pair", [database, database]) as made:
        first, second = made.members
        second.start()
        made.wait_logged(second, "standby of")
        publishing = made.load()
        first.stop()
        made.wait_more(LOAD)
        first.go_on()
        made.wait_logged(first, "store_lost")
        made.wait_logged(first, "standby of")
        made.wait_more(LOAD)
        second.end(signal.SIGTERM)  # and back again
        made.wait_more(LOAD)
        print(f"\n{publishing.longest_seconds:.1f} s without an acknowledgement")
        made.assert_whole(first)


@pytest.mark.fault("PostgreSQL", "SIGKILL of the server, twice")
def test_a_server_that_is_killed_and_comes_back_loses_nothing(
    materials: Materials, tmp_path: Path, seed: int, recovery: Recovery
) -> None:
    chance = Random(seed)
    with a_server() as server, pair(materials, tmp_path / "pair", [server.create("s")]) as made:
        publishing = made.load()
        for _ in range(2):
            made.wait_more(chance.randrange(1, LOAD))
            server.kill()
            time.sleep(chance.random() / 2)
            server.start()
        with recovery.measured():
            made.wait_more(LOAD)
        print(f"\n{publishing.longest_seconds:.1f} s without an acknowledgement")
        made.assert_whole(made.members[0])


@pytest.mark.fault(
    "PostgreSQL", "connections stall: for a moment, then until the standby has taken over"
)
def test_a_way_to_the_server_that_stalls_loses_nothing(
    materials: Materials, postgres_server: Server, database: str, tmp_path: Path, seed: int
) -> None:
    """Connections stay open, and no byte passes: for a moment, or until the standby has taken over."""
    chance = Random(seed)
    proxy = Proxy(f"127.0.0.1:{postgres_server.port}")
    stalling = database.replace(str(postgres_server.port), proxy.address.rpartition(":")[2])
    with pair(materials, tmp_path / "pair", [stalling, database]) as made:
        first, second = made.members
        second.start()
        made.wait_logged(second, "standby of")
        publishing = made.load()
        made.wait_more(chance.randrange(1, LOAD))
        proxy.fall_silent(forth=chance.random() < 0.5)
        time.sleep(chance.random())
        proxy.pass_on()
        made.wait_more(LOAD)
        proxy.fall_silent()
        made.wait_logged(second, "log_opened")
        made.wait_more(LOAD)
        print(f"\n{publishing.longest_seconds:.1f} s without an acknowledgement")
        made.assert_whole(second)  # the peer has left the first one, which can't know what came
        proxy.pass_on()
        made.wait_logged(first, "standby of")
        proxy.close()


SIZE_MIB = 160


@pytest.fixture
def small_disk() -> Iterator[Path]:
    # not below pytest's folder, which each session of it closes to others: the server is somebody else
    folder = Path(tempfile.mkdtemp(prefix="yrd-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "none", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        folder.rmdir()
        pytest.skip("need the right to mount a tmpfs")
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


@pytest.mark.fault("PostgreSQL", "disk full")
def test_a_full_disk_of_the_server_is_told_and_when_there_is_room_it_goes_on(
    materials: Materials, tmp_path: Path, small_disk: Path, recovery: Recovery
) -> None:
    with (
        a_server(small_disk) as server,
        pair(materials, tmp_path / "pair", [server.create("s")]) as made,
    ):
        publishing = made.load()
        ballast = small_disk / "ballast"
        with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(bytes(1 << 16))
        until(lambda: any("full" in why for why in publishing.refusals), "it is told", 60)
        ballast.unlink()
        if not server.alive():  # it may end itself where its own log finds no room
            server.start()
        with recovery.measured():
            made.wait_more(LOAD)
        made.assert_whole(made.members[0])
