"""What `yrd backup` says, in Chinese and English: operators read it at night."""

from collections.abc import Iterator
from pathlib import Path

from gateway.backup.manifest import Manifest
from gateway.backup.verifying import Verified
from gateway.config import GatewayConfig
from gateway.retention.steward import policy_of
from gateway.store.opening import is_file


def named(config: GatewayConfig, name: str) -> tuple[str, str]:
    """The line of the retention policy that speaks of a backup; what to do if none does, else empty.

    Without a name it is the only line there is. Raises ConfigError.
    """
    lines = {backup.name: str(backup) for backup in policy_of(config).backups}
    chosen = name or (next(iter(lines)) if len(lines) == 1 else "")
    if chosen in lines:
        return chosen, ""
    known = "、".join(lines) or "无 none"
    return name, (
        f"注意 ATTENTION 保留策略的 backups 未列出此备份（已列：{known}）：其中的个人信息不会随到期销毁，"
        "也无法告知各方；请在策略中写明名称、地点、何时覆盖，并用 --name 指明 · the retention policy names "
        "no such backup: personal data in it outlive their term, and peers are not told: name it in "
        "`backups`, and say --name"
    )


def made_lines(made: Manifest, out: Path, config: GatewayConfig, unnamed: str) -> Iterator[str]:
    """What was made, what is not in it, and what to do with it."""
    yield f"已备份 backed up: {out}"
    for log in made.logs:
        yield f"  {log.origin}: {log.size} 条 entries"
    size = sum(file.bytes for file in made.files.values())
    yield f"  {len(made.files)} 个文件 files, {size / 1e6:.1f} MB, 版本 version {made.program}"
    for what in made.left_out:
        yield f"  未包含 left out: {what}"
    if made.keys:
        yield "  含私钥：须与密钥同等保管 · it has private keys: keep it as safe as those"
    if unnamed:
        yield unnamed
    if not is_file(config.store):
        yield (
            "  数据库很大时可改用 for a large database use: pg_dump --format=custom --file=FILE DBNAME, or "
            "pg_basebackup with WAL archiving; such a copy is put back by pg_restore, then "
            "`yrd gateway recover`"
        )
    yield "  核验 verify it: yrd backup verify BACKUP --config FILE"


def verified_lines(found: Verified) -> Iterator[str]:
    """What was found wrong, or that all holds."""
    made = found.manifest
    own = made.own
    yield (
        f"{made.participant} 的备份 backup of {made.made_time:%Y-%m-%dT%H:%M:%SZ}: {own.size} 条 entries of "
        f"{own.origin}, 版本 version {made.program}"
    )
    for log in found.audit.logs if found.audit else ():
        yield f"  {log.log}: {log.entries} entries, root {log.root[:16]}, {log.verdict}"
    for problem in found.problems:
        yield f"  WRONG {problem}"
    for doubt in found.audit.doubts if found.audit else ():
        yield f"  DOUBT {doubt}"
    if found.ok:
        yield "备份完好 · backup: everything holds"
    else:
        yield f"备份有误，请用其他备份 · backup: {len(found.problems)} problems: use another one"


def restored_lines(made: Manifest, config: Path) -> Iterator[str]:
    """What to do now, step by step."""
    own = made.own
    yield f"已放回 put back: {own.size} 条 entries of {own.origin}, as of {made.made_time:%Y-%m-%dT%H:%M:%SZ}"
    yield "接下来 now:"
    yield f"  1. yrd gateway recover --config {config}   （从各方取回其后的条目 what came since）"
    yield f"  2. yrd audit verify --config {config}"
    yield f"  3. yrd gateway serve --config {config}     （不加 without --new）"
    yield (
        "  备份之后已销毁的个人信息在第 1 步和补齐时再次销毁 · personal data that were destroyed since "
        "are destroyed again by step 1, and those of peers when their notices come again"
    )
