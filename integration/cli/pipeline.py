"""yrd pipeline: the joint picture."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli import pipeline_submit, pipeline_views
from integration.cli.ending import BAD_INPUT, REFUSED, fail
from integration.cli.instants import INSTANT, NoInstant, instant_us
from integration.cli.progress import entry_progress

if TYPE_CHECKING:
    from gateway.config import Telemetry
    from pipelines.running.archives import Archived, Told
    from pipelines.running.config import LiveConfig

app = typer.Typer(help="The pipeline of the joint duty room.", no_args_is_help=True)
app.command()(pipeline_views.report)
app.command()(pipeline_views.supplies)
app.command()(pipeline_views.warnings)
app.command(context_settings=pipeline_submit.PASS_ON)(pipeline_submit.submit)


@app.command()
def run(
    folder: Annotated[
        Path | None,
        typer.Option("--dir", help="Folder of a local stack, as made by `yrd up --dir`."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="Instead: the pipeline's YAML file (`yrd config init pipeline`)."),
    ] = None,
) -> None:
    """Follow the joint gateway; publish summaries and proposals. Until SIGTERM or Ctrl-C."""
    from gateway.settings_file import ConfigError
    from integration.logs import to_stderr
    from integration.observe.exposing import exposed
    from integration.observe.spans import into_the_picture
    from pipelines.running.live import ArchiveError, StoreUnusable
    from pipelines.running.live import run as live
    from pipelines.running.metrics import Meter
    from pipelines.running.observers import Observers

    to_stderr()
    settings, telemetry = _settings(folder, config)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    meter = Meter()
    try:
        with (
            exposed(telemetry.metrics, meter),
            into_the_picture(telemetry.traces) as following,
        ):
            live(settings, stop, Observers(meter, *(following or ())))
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    except (StoreUnusable, ArchiveError) as error:
        fail(str(error), REFUSED)


def _settings(folder: Path | None, config: Path | None) -> "tuple[LiveConfig, Telemetry]":
    """What to run and who is told of it, of a local stack or as a file says."""
    from gateway.settings_file import ConfigError, checked
    from integration.pipeline import configured, live_config
    from integration.pipeline_config import Observed, load
    from integration.setup.kinds import check

    try:
        if folder is not None and config is None:
            return live_config(folder), checked({}, Observed, "environment").telemetry
        if config is None or folder is not None:
            fail(
                "name the pipeline's file with --config, or a stack's folder with --dir", BAD_INPUT
            )
        check("pipeline", config)
        settings = load(config)
        return configured(settings), settings.telemetry
    except ConfigError as error:
        fail(str(error), BAD_INPUT)


@app.command()
def backfill(
    files: Annotated[list[Path], typer.Argument(help="Archived Avro files, in any order.")],
    at: Annotated[
        str,
        typer.Option(help=f"Instant of the actual picture ({INSTANT}); else the newest told."),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As ProtoJSON, one a line.")] = False,
) -> None:
    """Compute summaries and proposals from archived files, with the live run's transforms.

    At the as_of_time of the live run's last summary it gives that summary to the byte. What is read
    waits in a temporary folder (TMPDIR), which needs room for all of it, unpacked.
    """
    from pipelines.report.proposals import proposal_text
    from pipelines.report.summary import summary_text
    from pipelines.running.backfill import ArchiveError
    from pipelines.running.backfill import backfill as compute
    from schemas.json_form import to_json

    try:
        now_us = instant_us(at) if at else None
        with _reading() as told:
            pictures = compute(files, now_us, told=told)
    except (ArchiveError, NoInstant) as error:
        fail(str(error), BAD_INPUT)
    for picture in pictures:
        for view in (picture.summary, *picture.proposals):
            if as_json:
                print(to_json(view))
        if not as_json:
            print(summary_text(picture.summary))
            print("\n".join(proposal_text(p) for p in picture.proposals))


@app.command(name="as-of")
def as_of(
    at: Annotated[str, typer.Argument(metavar="T", help=f"The instant: {INSTANT}.")],
    files: Annotated[
        list[Path] | None, typer.Argument(help="Archived Avro files, in any order.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--dir", help="Instead of files: folder of a local stack, which may run."),
    ] = None,
    scope: Annotated[
        str,
        typer.Option(
            help='"actual", or "exercise/" and its name; there T is the exercise\'s time.'
        ),
    ] = "actual",
    part: Annotated[
        str,
        typer.Option(
            help="Only a part: province/310000, border/310000-320000, incident/ and its id."
        ),
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="As one JSON object: known_then, known_now, differences.")
    ] = False,
) -> None:
    """Show an instant twice: as it was known then, and as it is known now; then what differs.

    Known then is what the joint gateway had received by T. Known now is all that was told until today
    and speaks of T or before: late reports, corrections and withdrawals, too. It changes nothing that
    was published. T may be 2026-06-01T20:00 (Beijing time), 2026-06-01T12:00Z, 2026-06-01T20:00+08:00,
    or 2026-06-01, which is the first instant of that day in Beijing.
    """
    from pipelines.pictures.as_of import NoSuchScope
    from pipelines.pictures.as_of import as_of as compute
    from pipelines.pictures.as_of_part import narrowed
    from pipelines.report.as_of import as_of_json, as_of_text
    from pipelines.running.archives import ArchiveError, messages_of

    try:
        at_us = instant_us(at)
        chosen = _chosen(files or [], folder)
        with _reading() as told:
            found = compute(messages_of(chosen, told), at_us, scope)
        if part:
            found = narrowed(found, part)
    except (ArchiveError, NoInstant, NoSuchScope) as error:
        fail(str(error), BAD_INPUT)
    print(as_of_json(found) if as_json else as_of_text(found))


def _chosen(files: list[Path], folder: Path | None) -> "list[Archived]":
    from pipelines.running.archives import Archived, of_folder

    if bool(files) == (folder is not None):
        fail("name archive files, or the folder of a local stack with --dir", BAD_INPUT)
    return [Archived(file) for file in files] if folder is None else of_folder(folder / "pipeline")


@contextmanager
def _reading() -> "Iterator[Told]":
    with entry_progress(enabled=True) as report:
        yield lambda done, of: report("archive files", done, of)
