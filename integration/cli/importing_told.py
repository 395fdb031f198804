"""What `yrd import` says of rows, and where it keeps those that it could not take."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from integration.cli.ending import BAD_INPUT, OK, REFUSED, UNREACHABLE, fail

if TYPE_CHECKING:
    from integration.importing.columns import Found
    from integration.importing.run import Told

_WORDS = {
    "new": ("新发布", "将新发布 would be new"),
    "changed": ("已更新", "将更新 would be changed"),
    "unchanged": ("未变，未发布", "未变 unchanged"),
    "refused": ("不能导入", "不能导入 refused"),
    "waiting": ("待发布", "待发布 waiting"),
}


def say(remarks: Sequence[str], told: "Sequence[Told]", as_json: bool) -> None:
    """What is wrong with each row; as JSON, every row."""
    import json

    for remark in () if as_json else remarks:
        typer.echo(remark)
    for one in told:
        if as_json:
            print(json.dumps(_value(one), ensure_ascii=False))
            continue
        for fault in one.faults:
            typer.echo(str(fault), err=True)


def _value(one: "Told") -> dict[str, object]:
    header = one.draft.header
    return {
        "rows": [cells.row.number for cells in one.item.rows],
        "outcome": str(one.outcome),
        "entity_id": header.entity_id,
        "revision": header.revision,
        "message_id": header.message_id,
        "faults": [
            {"row": f.row, "column": f.column, "rule": f.rule, "remedy": f.remedy}
            for f in one.faults
        ],
    }


def keep(
    file: Path, errors: Path | None, found: "Found", told: "Sequence[Told]", dry_run: bool
) -> Path | None:
    """Writes the rows that can't be taken; where. Nothing in a dry run that names no file."""
    from integration.importing.rest import rest_of, write_rest

    text = rest_of(found, told)
    if not text or (dry_run and errors is None):
        return None
    try:
        return write_rest(errors or file.with_name(f"{file.stem}.errors.csv"), text)
    except OSError as error:
        fail(f"--errors {error.filename}: {error.strerror}; 换一处 choose another place", BAD_INPUT)


def sum_up(
    remarks: Sequence[str],
    told: "Sequence[Told]",
    kept: Path | None,
    dry_run: bool,
    as_json: bool,
) -> NoReturn:
    """How many of each outcome, and the exit status."""
    import json
    from collections import Counter

    counts = Counter(str(one.outcome) for one in told)
    if as_json:
        summary = {**{name: counts[name] for name in _WORDS}, "errors": str(kept or "")}
        value = {"summary": summary, "dry_run": dry_run, "remarks": list(remarks)}
        print(json.dumps(value, ensure_ascii=False))
    else:
        words = [
            f"{again if dry_run else f'{zh} {name}'}: {counts[name]}"
            for name, (zh, again) in _WORDS.items()
            if counts[name]
        ]
        typer.echo("  ".join(words) or "没有数据行 no rows")
        if kept:
            typer.echo(f"未导入的行 rows not taken: {kept}", err=True)
    if counts["waiting"]:
        raise SystemExit(UNREACHABLE)
    raise SystemExit(REFUSED if counts["refused"] else OK)
