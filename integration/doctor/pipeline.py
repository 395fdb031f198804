"""The pipeline's store, looked at read-only: its version, what waits to be published, what was rejected."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from gateway.config import ConfigError
from integration.doctor.asked import Asked
from integration.doctor.finding import Finding, Words, attention, good, trouble
from integration.doctor.reading import open_untouched
from integration.doctor.settings import loaded
from pipelines.running.store import VERSION

CHECK = "pipeline"
FILE = "states.db"
_WHY = Words("联席态势不再更新", "the joint picture stands still")


def check(asked: Asked) -> Iterator[Finding]:
    """Of the folder, or the settings, that are named."""
    if asked.pipeline is None:
        return
    try:
        path = _states(asked.pipeline)
    except ConfigError:
        return  # told by the check of the configuration
    if not path.exists():
        yield trouble(
            CHECK,
            Words(f"{path}：没有研判存储", f"{path}: there is no pipeline's store"),
            _WHY,
            Words(
                "核对文件夹；是否启动过 yrd pipeline run？",
                "check the folder; was yrd pipeline run ever started?",
            ),
        )
        return
    try:
        with closing(open_untouched(path)) as connection:
            yield from _store(path, connection)
    except sqlite3.Error as error:
        yield trouble(
            CHECK,
            Words(f"{path}：无法读取：{error}", f"{path}: can't be read: {error}"),
            _WHY,
            Words(
                "把整个文件夹移开后重新启动，它会重新读取全部消息",
                "move the whole folder aside and start: it reads everything anew",
            ),
        )


def _states(named: Path) -> Path:
    """Where its states are. Raises ConfigError."""
    if named.is_dir():
        return named / FILE
    states: Path = loaded("pipeline", named).states
    return states


def _store(path: Path, connection: sqlite3.Connection) -> Iterator[Finding]:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        yield trouble(
            CHECK,
            Words(
                f"{path}：版本 {version}，本程序为 {VERSION}",
                f"{path}: version {version}, this program's is {VERSION}",
            ),
            _WHY,
            Words("把整个文件夹移开后重新启动", "move the whole folder aside and start"),
        )
        return
    (offset,) = connection.execute("SELECT coalesce(max(value), 0) FROM position").fetchone()
    (waiting,) = connection.execute("SELECT count(*) FROM outbox").fetchone()
    (rejected,) = connection.execute("SELECT count(*) FROM rejected").fetchone()
    yield good(
        CHECK,
        f"研判存储已读到第 {offset} 条，待发布 {waiting} 条",
        f"pipeline: read up to {offset}, {waiting} results to be published",
    )
    if rejected:
        yield attention(
            CHECK,
            Words(
                f"{rejected} 条消息或结果未能处理", f"{rejected} messages or results were rejected"
            ),
            Words("它们不在态势中", "they are not in the picture"),
            Words(
                f"查看 {path} 的表 rejected，通知来源方",
                f"look at table rejected of {path}, and tell who sent them",
            ),
        )
