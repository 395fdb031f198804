"""yrd acts: the record of what people did at the duty-room page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.ending import BAD_INPUT, fail

if TYPE_CHECKING:
    from integration.acts.journal import Line


def acts(
    config: Annotated[Path, typer.Option(help="The page's YAML file (docs/acts.md).")],
    after: Annotated[int, typer.Option(min=0, help="Only what is behind this number.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, one object a line.")] = False,
) -> None:
    """Print who asked for what at the duty-room page, who approved it, and what became of it.

    The record only grows. It may be read while the page runs.
    """
    import json
    from dataclasses import asdict

    from gateway.settings_file import ConfigError
    from integration.acts.journal import Journal, JournalError
    from integration.page.config import load

    try:
        people = load(config).people
        if people is None:
            fail(f"{config}: people: nobody acts at this page, so there is no record", BAD_INPUT)
        if not people.journal.exists():
            fail(f"people.journal: {people.journal}: not there yet; the page makes it", BAD_INPUT)
        journal = Journal(people.journal)
        while lines := journal.record(after):
            for line in lines:
                print(json.dumps(asdict(line), ensure_ascii=False) if as_json else _words(line))
            after = lines[-1].number
    except (ConfigError, JournalError) as error:
        fail(str(error), BAD_INPUT)


def _words(line: "Line") -> str:
    from datetime import UTC, datetime

    from schemas.instants import BEIJING

    words = {
        "asked": "提交 asked",
        "approved": "复核同意 approved",
        "declined": "复核不同意 declined",
        "sent": "已发出 sent",
        "partly": "部分发出 partly sent",
        "unsent": "未能确认 not known to be sent",
        "refused": "网关拒绝 refused",
        "lapsed": "作废 lapsed",
    }
    at = datetime.fromtimestamp(line.at_ms / 1000, UTC).astimezone(BEIJING)
    messages = [m["message_id"] for m in line.detail.get("messages", ()) if m["accepted"]]
    return (
        f"{line.number:>6} {at.isoformat(sep=' ', timespec='seconds')} {words.get(line.what, line.what)} "
        f"{line.person or '—'} {line.act} {line.about} {line.key} {' '.join(messages)}".rstrip()
    )
