"""yrd import: tables of resources and waybills, row by row, and empty ones to fill in."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from integration.cli import target
from integration.cli.ending import BAD_INPUT, fail, fail_exchange

if TYPE_CHECKING:
    from integration.importing.columns import Found
    from integration.importing.revising import Settings
    from integration.importing.run import Plan, Told

app = typer.Typer(
    help="Tables of resources and waybills, CSV or XLSX (docs/import.md).", no_args_is_help=True
)
File = Annotated[Path, typer.Argument(help="CSV (UTF-8, GB18030) or XLSX.")]
Mode = Annotated[str, typer.Option(help="actual, exercise or test: whether it is real.")]
Exercise = Annotated[str, typer.Option(help="Name of the exercise, in mode exercise.")]
AsOf = Annotated[
    str, typer.Option("--as-of", help="When rows without a time of their own were true.")
]
Level = Annotated[
    int, typer.Option(min=0, max=5, help="General 1 to 4, 5 important; 0: as is usual of the type.")
]
SheetName = Annotated[str, typer.Option("--sheet", help="Of a workbook; the first visible one.")]
Encoding = Annotated[
    str, typer.Option(help="Of a CSV: utf-8, gb18030 or utf-16. Found by itself unless said.")
]
Errors = Annotated[
    Path | None,
    typer.Option("--errors", help="CSV for rows that can't be taken; FILE.errors.csv unless said."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be published; publish nothing.")
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, one object a line.")]


@app.command()
def resources(
    file: File,
    mode: Mode,
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    exercise: Exercise = "",
    as_of: AsOf = "",
    data_level: Level = 0,
    sheet: SheetName = "",
    encoding: Encoding = "",
    errors: Errors = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Publish the state of resources (应急资源), a row each.

    What was published and has not changed is not published again; what has changed is the next revision.
    Rows that can't be taken are named with column, rule and remedy, and kept in a CSV; exit status 1 then.
    """
    reach = (folder, participant, address, certs, system)
    said = (mode, exercise, as_of, data_level)
    _import("resources", file, reach, said, (sheet, encoding), errors, dry_run, as_json)


@app.command()
def waybills(
    file: File,
    mode: Mode,
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    exercise: Exercise = "",
    as_of: AsOf = "",
    data_level: Level = 0,
    sheet: SheetName = "",
    encoding: Encoding = "",
    errors: Errors = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Publish waybills (危险货物运单), a row for each kind of goods; rows of one number are one waybill.

    Otherwise as `yrd import resources`.
    """
    reach = (folder, participant, address, certs, system)
    said = (mode, exercise, as_of, data_level)
    _import("waybills", file, reach, said, (sheet, encoding), errors, dry_run, as_json)


@app.command()
def template(
    kind: Annotated[str, typer.Argument(help="resources or waybills.")],
    to: Annotated[
        Path | None, typer.Option("--to", help="A new .csv or .xlsx; standard output unless said.")
    ] = None,
) -> None:
    """Write an empty table with its header in Chinese and English, and say what each column holds."""
    from integration.importing.template import TABLES, as_csv, as_xlsx, notes

    if kind not in TABLES:
        fail(f"{kind!r}: one of {', '.join(TABLES)}", BAD_INPUT)
    table = TABLES[kind]
    if to is None:
        typer.echo(as_csv(table), nl=False)
        return
    if to.suffix not in (".csv", ".xlsx"):
        fail(f"--to {to}: 以.csv或.xlsx结尾 must end in .csv or .xlsx", BAD_INPUT)
    try:
        data = as_xlsx(table) if to.suffix == ".xlsx" else as_csv(table).encode()
        with to.open("xb") as opened:
            opened.write(data)
    except ModuleNotFoundError as error:
        _no_extra(error)
    except OSError as error:
        fail(f"--to {to}: {error.strerror}; 换一个名称 choose another name", BAD_INPUT)
    for title, required, note in notes(table):
        typer.echo("  ".join(filter(None, (title, "必填 required" if required else "", note))))


Reach = tuple[Path | None, str, str, Path | None, str]


def _import(
    kind: str,
    file: Path,
    reach: Reach,
    said: tuple[str, str, str, int],
    form: tuple[str, str],
    errors: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    from client import ExchangeError
    from integration.cli.progress import working

    connected = bool(reach[0] or reach[2])
    if not connected and not dry_run:
        fail("say which gateway: --dir FOLDER --as PARTICIPANT, or --target and --certs", BAD_INPUT)
    client = target.client_for(*reach) if connected else None
    settings = _settings(
        file, target.participant_for(reach[0], reach[1], reach[3], reach[4]), *said
    )
    try:
        with working("读取核对 reading and checking", enabled=not as_json):
            found, plan = _plan(kind, file, form, settings, client)
        told = plan.all() if dry_run else _publish(plan, client, as_json)
    except ExchangeError as error:
        fail_exchange(error)
    from integration.cli.importing_told import keep, say, sum_up

    say(found.remarks, told, as_json)
    kept = keep(file, errors, found, told, dry_run)
    sum_up(found.remarks, told, kept, dry_run, as_json)


def _settings(
    file: Path, participant: str, mode: str, exercise: str, as_of: str, level: int
) -> "Settings":
    from datetime import UTC

    from integration.importing.faults import ValueRefused
    from integration.importing.revising import Settings
    from integration.importing.values import instant
    from yrd.exchange.v1.message_pb2 import DataLevel, Mode

    modes = {"actual": Mode.MODE_ACTUAL, "exercise": Mode.MODE_EXERCISE, "test": Mode.MODE_TEST}
    if mode not in modes:
        fail(f"--mode {mode}: one of {', '.join(modes)}", BAD_INPUT)
    if (mode == "exercise") != bool(exercise):
        fail(
            "--exercise: 演练须有名称，其他没有 an exercise has a name, and nothing else", BAD_INPUT
        )
    try:
        now = datetime.now(UTC)
        when = datetime.fromisoformat(instant(as_of)) if as_of else _changed(file, now)
    except ValueRefused as error:
        fail(f"--as-of: {error}", BAD_INPUT)
    levels = (
        None,
        DataLevel.DATA_LEVEL_GENERAL_1,
        DataLevel.DATA_LEVEL_GENERAL_2,
        DataLevel.DATA_LEVEL_GENERAL_3,
        DataLevel.DATA_LEVEL_GENERAL_4,
        DataLevel.DATA_LEVEL_IMPORTANT,
    )
    return Settings(
        participant=participant,
        mode=modes[mode],
        as_of=when,
        exercise_id=exercise,
        level=levels[level],
    )


def _changed(file: Path, now: datetime) -> datetime:
    """When the file was last changed: the same however often it is imported."""
    from datetime import UTC

    try:
        return min(datetime.fromtimestamp(int(file.stat().st_mtime), UTC), now)
    except OSError as error:
        fail(f"{file}: {error.strerror}; 检查路径 check the path", BAD_INPUT)


def _plan(
    kind: str, file: Path, form: tuple[str, str], settings: "Settings", client: Any
) -> "tuple[Found, Plan]":
    from datetime import UTC

    from integration.importing.columns import found as found_in
    from integration.importing.csv_file import ENCODINGS
    from integration.importing.faults import FileRefused
    from integration.importing.reading import read_file, read_sheet
    from integration.importing.revising import Known, known_of
    from integration.importing.run import planned
    from integration.importing.template import TABLES
    from yrd.exchange.v1.service_pb2 import Filter

    table = TABLES[kind]
    sheet, encoding = form
    if encoding and encoding not in ENCODINGS:
        fail(f"--encoding {encoding}: one of {', '.join(ENCODINGS)}", BAD_INPUT)
    try:
        found = found_in(read_sheet(read_file(file), sheet, encoding), table.columns)
    except ModuleNotFoundError as error:
        _no_extra(error)
    except FileRefused as error:
        fail(f"{file.name}: {error}", BAD_INPUT)
    wanted = Filter(types=[table.type], origins=[settings.participant])
    known = known_of(client.messages(wanted)) if client else Known()
    return found, planned(table, found, settings, known, datetime.now(UTC))


def _publish(plan: "Plan", client: Any, as_json: bool) -> "list[Told]":
    from integration.cli.progress import entry_progress
    from integration.importing.run import published

    with entry_progress(enabled=not as_json) as progress:
        told = list(published(plan, client, lambda done, of: progress("import", done, of)))
    return sorted(told, key=lambda one: one.item.number)


def _no_extra(error: ModuleNotFoundError) -> NoReturn:
    fail(
        f"没有 {error.name} is not installed: 安装附加组件import install the extra: "
        "pip install 'yangtze-delta-exchange[import]'，或存为CSV or save the table as CSV",
        BAD_INPUT,
    )
