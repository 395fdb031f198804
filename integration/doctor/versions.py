"""Versions: of this program and its libraries, and of the peers' gateways."""

import platform
import sqlite3
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from integration.doctor.finding import Finding, Words, attention, good, skipped, trouble
from integration.doctor.links import Heard
from schemas.native import native

CHECK = "versions"
PROGRAM = "yangtze-delta-exchange"


def check(heard: Sequence[Heard]) -> Iterator[Finding]:
    """The own ones, then the peers'."""
    yield from libraries(requires(PROGRAM) or ())
    yield steps(native() is not None)
    yield from peers(version(PROGRAM), {one.peer: one.answer.version for one in heard})


def libraries(wanted: Sequence[str]) -> Iterator[Finding]:
    """Whether those that are installed are in the ranges that this program was tested with."""
    wrong = list(_wrong(wanted))
    for problem in wrong:
        step = f"pip install --upgrade {PROGRAM}"
        yield trouble(
            CHECK,
            Words(f"软件包版本不符：{problem}", f"a library of another version: {problem}"),
            Words("本程序未以该版本测试过", "this program was not tested with it"),
            Words(f"重新安装：{step}", f"install anew: {step}"),
        )
    if not wrong:
        found = (
            f"{PROGRAM} {version(PROGRAM)}, Python {platform.python_version()}, SQLite "
            f"{sqlite3.sqlite_version}, grpcio {version('grpcio')}"
        )
        yield good(CHECK, found, found)


def steps(are_there: bool) -> Finding:
    """Whether the steps outside the interpreter are in use."""
    if are_there:
        return good(CHECK, "原生步骤已启用", "the native steps are in use")
    return skipped(
        CHECK,
        "未启用原生步骤：结果相同，处理较慢（安装 yrd-native）",
        "the native steps are not in use: all is the same, more slowly (install yrd-native)",
    )


def _wrong(wanted: Sequence[str]) -> Iterator[str]:
    for line in wanted:
        need = Requirement(line)
        if need.marker and not need.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = version(need.name)
        except PackageNotFoundError:
            yield f"{need.name} is not installed, {need.specifier} is needed"
            continue
        if not need.specifier.contains(installed, prereleases=True):
            yield f"{need.name} {installed}, {need.specifier} is needed"


def peers(own: str, found: dict[str, str]) -> Iterator[Finding]:
    """Whether all run the same; neighbouring versions understand each other."""
    if not found:
        yield skipped(CHECK, "未得知各方版本", "no peer told its version")
        return
    others = {peer: told for peer, told in found.items() if told != own}
    if not others:
        yield good(CHECK, f"各方均为 {own}", f"all peers that answered run {own}")
        return
    told = ", ".join(f"{peer} {name or '?'}" for peer, name in others.items())
    yield attention(
        CHECK,
        Words(f"各方版本不同：本方 {own}，{told}", f"versions differ: ours is {own}, {told}"),
        Words(
            "新类型的消息对旧版本一方不可读，但不会丢失",
            "what is new can't be read by an older one; nothing is lost",
        ),
        Words(
            "与对端商定升级时间（docs/operate/upgrade.md）",
            "agree with the peers when to upgrade (docs/operate/upgrade.md)",
        ),
    )
