"""All checks, in the order in which one would look."""

from collections.abc import Callable, Iterable, Iterator

from integration.doctor import (
    backups,
    certificates,
    clock,
    disk,
    kafka,
    links,
    pipeline,
    postgres,
    running,
    settings,
    sharing,
    store,
    versions,
)
from integration.doctor.asked import Asked
from integration.doctor.finding import Finding, Words, trouble

Check = Callable[[], Iterable[Finding]]


def examine(asked: Asked) -> Iterator[Finding]:
    """Findings as they are made. One check that fails does not keep the others from looking."""
    heard: list[links.Heard] = []

    def ask() -> list[Finding]:
        found, answers = links.ask(asked)
        heard.extend(answers)
        return found

    checks: dict[str, Check] = {
        settings.CHECK: lambda: settings.check(asked),
        running.CHECK: lambda: running.check(asked),
        store.CHECK: lambda: store.check(asked),
        postgres.CHECK: lambda: postgres.check(asked),
        disk.CHECK: lambda: disk.check(asked),
        certificates.CHECK: lambda: certificates.check(asked),
        links.CHECK: ask,
        clock.CHECK: lambda: clock.check(heard, asked.config.limits.max_clock_skew_seconds),
        versions.CHECK: lambda: versions.check(heard),
        sharing.CHECK: lambda: sharing.check(asked),
        kafka.CHECK: lambda: kafka.check(asked),
        pipeline.CHECK: lambda: pipeline.check(asked),
        backups.CHECK: lambda: backups.check(asked),
    }
    for name, look in checks.items():
        yield from _guarded(name, look)


def _guarded(name: str, look: Check) -> Iterator[Finding]:
    try:
        yield from look()
    except Exception as error:  # noqa: BLE001  # what stops one check is a finding, too
        what = f"{type(error).__name__}: {error}"
        yield trouble(
            name,
            Words(f"检查未能完成：{what}", f"the check could not be made: {what}"),
            Words("该项情况不明", "how it stands is not known"),
            Words("把这一行告知维护人员", "show this line to those who maintain the software"),
        )
