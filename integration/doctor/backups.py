"""Backups: whether there is a new one, and whether the retention policy names it."""

from collections.abc import Iterator
from datetime import timedelta

from gateway.backup import book
from gateway.config import ConfigError
from gateway.retention.steward import policy_of
from integration.doctor.asked import Asked
from integration.doctor.finding import Finding, Words, attention, good

CHECK = "backups"
OLD = timedelta(days=2)


def check(asked: Asked) -> Iterator[Finding]:
    """Of those that `yrd backup` made."""
    made = book.read(asked.config.data_dir)
    step = "yrd backup --config FILE --out PATH"
    if not made:
        yield attention(
            CHECK,
            Words("从未用 yrd backup 备份", "yrd backup has never been run"),
            Words(
                "磁盘丢失时，各方未收到的条目随之丢失", "with the disk goes what no peer was given"
            ),
            Words(f"每日执行 {step}", f"every day: {step}"),
        )
        return
    newest = made[-1]
    age = asked.now() - newest.made_time
    if age > OLD:
        yield attention(
            CHECK,
            Words(f"最近一次备份是 {age.days} 天前", f"the last backup is of {age.days} days ago"),
            Words("恢复时丢失的会更多", "more is lost when it is needed"),
            Words(f"查看定时任务；{step}", f"look at what should make them; {step}"),
        )
    else:
        yield good(CHECK, f"最近一次备份：{newest}", f"last backup: {newest}")
    yield from _unnamed(asked, newest.name)


def _unnamed(asked: Asked, name: str) -> Iterator[Finding]:
    try:
        named = {backup.name for backup in policy_of(asked.config).backups}
    except ConfigError:
        return  # told by the check of the configuration
    if name not in named:
        yield attention(
            CHECK,
            Words(
                "保留策略的 backups 未列出该备份",
                "the retention policy's `backups` does not name it",
            ),
            Words(
                "其中的个人信息不会随到期销毁，也无法告知各方",
                "personal data in it outlive their term, and peers are not told",
            ),
            Words("在策略中写明，并用 --name 指明", "name it there, and say --name"),
        )
