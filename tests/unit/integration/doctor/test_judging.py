"""What the doctor makes of what it saw."""

from pathlib import Path

import pytest

from integration.doctor import clock, disk, versions
from integration.doctor.finding import (
    Finding,
    Level,
    Words,
    attention,
    good,
    skipped,
    trouble,
    worst,
)
from integration.doctor.handshake import Kind
from integration.doctor.link_words import STEP, WHAT
from integration.doctor.links import Heard
from integration.doctor.showing import as_json, lines, summary
from yrd.exchange.v1.service_pb2 import GetHoldingResponse

GIB = disk.GIB
MOUNTS = """/dev/sda1 / ext4 rw 0 0
tmpfs /run tmpfs rw 0 0
server:/data /srv/yrd nfs4 rw 0 0
/dev/sdb1 /srv/yrd/fast\\040disk xfs rw 0 0
"""
X = Words("甲", "a")


@pytest.mark.parametrize(
    ("total", "free", "level"),
    [
        (100 * GIB, 50 * GIB, Level.GOOD),
        (100 * GIB, 9 * GIB, Level.ATTENTION),
        (20 * GIB, 4 * GIB, Level.ATTENTION),
        (100 * GIB, GIB // 2, Level.TROUBLE),
        (1000 * GIB, 19 * GIB, Level.TROUBLE),
        (90_000 * GIB, 300 * GIB, Level.GOOD),
        (0, 0, Level.TROUBLE),
    ],
)
def test_room_is_judged_by_share_and_by_bytes(total: int, free: int, level: Level) -> None:
    (found,) = disk.room(Path("data"), total, free)
    assert found.level is level


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("/var/lib", "ext4"),
        ("/run/yrd", "tmpfs"),
        ("/srv/yrd/data", "nfs4"),
        ("/srv/yrd2", "ext4"),
        ("/srv/yrd/fast disk/data", "xfs"),
    ],
)
def test_a_folder_lies_on_the_innermost_mount(folder: str, name: str) -> None:
    assert disk.file_system(Path(folder), MOUNTS) == name


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("ext4", Level.GOOD),
        ("", Level.GOOD),
        ("overlay", Level.ATTENTION),
        ("nfs4", Level.TROUBLE),
        ("tmpfs", Level.TROUBLE),
    ],
)
def test_a_file_system_that_loses_or_damages_is_named(name: str, level: Level) -> None:
    (found,) = disk.kind(Path("data"), name)
    assert found.level is level


@pytest.mark.parametrize(
    ("seconds", "level"), [(0.002, Level.GOOD), (0.1, Level.ATTENTION), (0.7, Level.TROUBLE)]
)
def test_slow_syncs_are_named(seconds: float, level: Level) -> None:
    (found,) = disk.speed(seconds)
    assert found.level is level


def test_a_file_server_with_another_clock_is_named() -> None:
    assert not list(disk.its_time(-0.5))
    (found,) = disk.its_time(-40)
    assert "-40.0" in found.what.zh


def heard(**ahead: float | None) -> list[Heard]:
    return [Heard(peer, GetHoldingResponse(), seconds) for peer, seconds in ahead.items()]


def test_clocks_that_agree_are_good() -> None:
    (found,) = clock.check(heard(a=0.2, b=-1.0, c=None), 300)
    assert found.level is Level.GOOD


def test_no_peer_that_tells_its_clock_is_no_finding() -> None:
    (found,) = clock.check(heard(a=None), 300)
    assert found.level is Level.SKIPPED


def test_who_differs_from_most_is_off() -> None:
    (own,) = clock.check(heard(a=-61.0, b=-59.0, c=-60.0), 300)
    assert own.level is Level.ATTENTION
    assert "this machine's clock" in own.what.en
    (peer,) = clock.check(heard(a=0.1, b=0.2, c=400.0), 300)
    assert peer.level is Level.TROUBLE, "fresh messages are refused"
    assert "c +400.0 s" in peer.what.en
    assert "a " not in peer.what.en


def test_libraries_outside_their_range_are_named() -> None:
    wanted = [
        "grpcio>=999",
        "no-such-package>=1",
        "pydantic>=2",
        'asyncpg>=999; extra == "postgres"',
    ]
    found = list(versions.libraries(wanted))
    assert [one.level for one in found] == [Level.TROUBLE] * 2
    assert "grpcio" in found[0].what.en
    assert "no-such-package is not installed" in found[1].what.en


def test_peers_of_another_version_are_named() -> None:
    (same,) = versions.peers("1.0", {"a": "1.0"})
    (other,) = versions.peers("1.0", {"a": "1.0", "b": "0.9", "c": ""})
    assert same.level is Level.GOOD
    assert other.level is Level.ATTENTION
    assert "b 0.9, c ?" in other.what.en


def test_every_failed_handshake_has_words_and_a_step() -> None:
    assert WHAT.keys() == STEP.keys() == set(Kind)


def test_the_worst_decides_and_what_was_skipped_is_no_worse_than_good() -> None:
    assert worst([]) is Level.GOOD
    assert worst([good("x", "", ""), skipped("x", "", "")]) is Level.GOOD
    assert worst([good("x", "", ""), attention("x", X, X, X)]) is Level.ATTENTION
    assert worst([trouble("x", X, X, X), attention("x", X, X, X)]) is Level.TROUBLE


FOUND = Finding("disk", Level.TROUBLE, Words("满", "full"), Words("停", "stops"), Words("df", "df"))


def test_a_finding_is_shown_in_both_languages_or_in_one() -> None:
    assert list(lines(FOUND, "both")) == [
        "故障 TROUBLE  [disk] 满 · full",
        "      影响 why: 停 · stops",
        "      处理 next: df",
    ]
    assert list(lines(FOUND, "en")) == [
        "TROUBLE  [disk] full",
        "      why: stops",
        "      next: df",
    ]
    assert list(lines(good("disk", "好", "fine"), "zh")) == ["正常  [disk] 好"]
    assert summary([FOUND], "zh") == "诊断结果：故障（1 项故障，0 项注意）"


def test_json_has_both_languages() -> None:
    told = as_json([FOUND])
    assert told["verdict"] == "trouble"
    assert told["findings"][0]["what"] == {"zh": "满", "en": "full"}
    assert told["findings"][0]["next"] == {"zh": "df", "en": "df"}
