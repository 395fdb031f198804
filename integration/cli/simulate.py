"""yrd simulate: the replication mesh on paper."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.ending import BAD_INPUT, fail

if TYPE_CHECKING:
    from integration.simulate.arrivals import Typhoon
    from integration.simulate.figures import Figures
    from integration.simulate.table import Table

app = typer.Typer(
    help="The mesh on paper: traffic, lag and recovery, computed.", no_args_is_help=True
)

Own = Annotated[
    Path | None,
    typer.Option("--figures", help="YAML that replaces some of integration/simulate/figures.yaml."),
]
Json = Annotated[
    Path | None, typer.Option("--json", help="Write the tables to this file; - prints them.")
]


@app.command()
def mesh(
    count: Annotated[
        int,
        typer.Option(
            "--participants", min=2, max=31, help="Provinces; the joint room comes on top."
        ),
    ] = 31,
    hours: Annotated[float, typer.Option(min=0.1, max=168, help="How long.")] = 24.0,
    seed: Annotated[int, typer.Option(min=0, help="Equal seeds give equal results.")] = 7,
    outage: Annotated[
        list[str] | None,
        typer.Option(help="Who is cut off when: 320000@6h+2h, or 320000/310000@6h+2h for a pair."),
    ] = None,
    typhoon: Annotated[
        str, typer.Option(help="Hours in which one is on the coast, such as 8-20; none.")
    ] = "none",
    load: Annotated[
        float, typer.Option(min=0.001, help="So many times the load of the figures.")
    ] = 1.0,
    relays: Annotated[bool, typer.Option(help="One for each region, as an idea.")] = False,
    joint: Annotated[bool, typer.Option(help="With the joint duty room.")] = True,
    step: Annotated[float, typer.Option(min=1, max=60, help="Seconds of a step.")] = 5.0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for report.md, report.json and plots as SVG.")
    ] = None,
    json_file: Json = None,
    own: Own = None,
) -> None:
    """Simulate logs, links, agreements and outages of up to 31 provinces; takes some seconds."""
    from integration.simulate.outages import OutageError, parse
    from integration.simulate.scenario import Scenario, run

    figures, storm = _figures(own), _typhoon(typhoon)
    _require_writable(json_file, out)
    try:
        outages = [parse(text) for text in outage or []]
        report = run(
            Scenario(figures, count, hours, step, seed, load, joint, relays, storm, outages)
        )
    except OutageError as error:
        fail(str(error), BAD_INPUT)
    tables = report.tables()
    if out is not None:
        from integration.simulate.plots import plots

        _write(out, tables, plots(report))
    _show(tables, json_file)


@app.command()
def needs(json_file: Json = None, own: Own = None) -> None:
    """What 31 provinces need at the load of the figures: processors, lines, disks, partitions, task slots."""
    from integration.simulate.needs_tables import tables

    _show(tables(_figures(own)), json_file)


def _require_writable(json_file: Path | None, out: Path | None) -> None:
    """Before long work whose results are to be written."""
    from integration.json_file import require_writable

    try:
        if json_file is not None:
            require_writable(json_file)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; check --json and --out", BAD_INPUT)


def _figures(own: Path | None) -> "Figures":
    from integration.simulate.figures import FiguresError, load

    try:
        return load(own)
    except FiguresError as error:
        fail(str(error), BAD_INPUT)
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{own}: can't be read as UTF-8 text: {error}; check --figures", BAD_INPUT)


def _typhoon(text: str) -> "Typhoon | None":
    from integration.simulate.arrivals import Typhoon

    if text == "none":
        return None
    start, _, end = text.partition("-")
    try:
        found = Typhoon(float(start), float(end))
    except ValueError:
        fail(f"--typhoon {text!r}: write two hours, such as 8-20, or none", BAD_INPUT)
    if not 0 <= found.start < found.end:
        fail(f"--typhoon {text!r}: the first hour must lie before the second", BAD_INPUT)
    return found


def _write(folder: Path, tables: "list[Table]", plots: dict[str, str]) -> None:
    from integration.json_file import write

    try:
        (folder / "report.md").write_text(_text(tables), encoding="utf-8")
        write(folder / "report.json", {table.name: table.as_json() for table in tables})
        for name, text in plots.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; check --out", BAD_INPUT)


def _text(tables: "list[Table]") -> str:
    return "\n\n".join(table.markdown() for table in tables) + "\n"


def _show(tables: "list[Table]", json_file: Path | None) -> None:
    from integration.json_file import write

    if json_file is None:
        print(_text(tables), end="")
        return
    try:
        write(json_file, {table.name: table.as_json() for table in tables})
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; check --json", BAD_INPUT)
