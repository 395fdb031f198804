"""The gateway's own store in its file, looked at read-only: whose it is, its version, alarms, its log."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from gateway.store.opening import FILE, is_file
from gateway.store.port import StoreError
from gateway.store.sqlite_open import SCHEMA_VERSION, require_known, version
from integration.doctor.asked import Asked
from integration.doctor.finding import Finding, Words, attention, good, trouble
from integration.doctor.reading import open_untouched

CHECK = "store"
WAL_BYTES = 1 << 30
_UNSETTLED = "SELECT count(*) FROM evidence WHERE id NOT IN (SELECT alarm FROM settled)"
_GONE = Words("网关无法启动", "the gateway does not start")


def check(asked: Asked) -> Iterator[Finding]:
    """Of a file; a database has a check of its own."""
    if not is_file(asked.config.store):
        return
    path = asked.config.data_dir / FILE
    if not path.exists():
        yield attention(
            CHECK,
            Words(f"{path}：尚无存储", f"{path}: there is no store"),
            Words("网关从未启动，或磁盘已丢失", "the gateway has never run, or its disk was lost"),
            Words(
                "首次启动用 --new；若曾运行过，用备份或 yrd gateway recover 恢复",
                "--new for the first start ever; if it ever ran: restore a backup, or yrd gateway recover",
            ),
        )
        return
    try:
        with closing(open_untouched(path)) as connection:
            yield from _store(asked.config.participant, path, connection)
    except sqlite3.Error as error:
        yield trouble(
            CHECK,
            Words(f"{path}：无法读取：{error}", f"{path}: can't be read: {error}"),
            _GONE,
            Words(
                "yrd audit verify；必要时用备份恢复",
                "yrd audit verify; restore a backup if it says so",
            ),
        )
    yield from wal(path.with_name(f"{FILE}-wal"))


def _store(participant: str, path: Path, connection: sqlite3.Connection) -> Iterator[Finding]:
    found = version(connection)
    try:
        require_known(found, path)
    except StoreError as error:
        step = Words(
            "安装上次使用的版本，或更新的版本",
            "install the version that was used last, or a newer one",
        )
        if found.isdecimal():
            yield trouble(CHECK, Words(f"存储版本不可用：{error}", str(error)), _GONE, step)
            return
        raise sqlite3.DatabaseError(str(error)) from None
    (owner,) = connection.execute(
        "SELECT value FROM meta WHERE key = 'participant'"
    ).fetchone() or ("",)
    if owner != participant:
        yield trouble(
            CHECK,
            Words(
                f"存储属于 {owner}，配置是 {participant}",
                f"the store is of {owner}, the configuration of {participant}",
            ),
            _GONE,
            Words("核对 data_dir", "check data_dir"),
        )
        return
    (entries,) = connection.execute("SELECT coalesce(max(offset), 0) FROM entry").fetchone()
    older = f"，启动时升级为 {SCHEMA_VERSION}" if found != SCHEMA_VERSION else ""
    older_en = f", brought up to {SCHEMA_VERSION} at the start" if older else ""
    yield good(
        CHECK,
        f"存储 {entries} 条，版本 {found or '?'}{older}",
        f"store: {entries} entries, version {found or '?'}{older_en}",
    )
    (unsettled,) = connection.execute(_UNSETTLED).fetchone()
    if unsettled:
        yield attention(
            CHECK,
            Words(f"{unsettled} 条告警未处理", f"{unsettled} alarms are not settled"),
            Words("相应链路保持关闭", "the links that they concern stay closed"),
            Words(
                "yrd alarms；核实后 yrd alarms settle",
                "yrd alarms; find out, then yrd alarms settle",
            ),
        )


def wal(path: Path) -> Iterator[Finding]:
    """A write-ahead log that grows is held by a reader."""
    size = path.stat().st_size if path.exists() else 0
    if size > WAL_BYTES:
        yield attention(
            CHECK,
            Words(f"预写日志已有 {size >> 20} MiB", f"the write-ahead log has {size >> 20} MiB"),
            Words(
                "有程序一直在读存储，磁盘会被占满",
                "some program reads the store all the time, and fills the disk",
            ),
            Words(
                "结束长时间运行的稽核、备份或报表",
                "end an audit, a backup or a report that never ends",
            ),
        )
