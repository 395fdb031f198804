"""yrd pipeline: the joint picture."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from integration.cli.ending import BAD_INPUT, REFUSED, fail

app = typer.Typer(help="The pipeline of the joint duty room.", no_args_is_help=True)


@app.command()
def run(folder: Annotated[Path, typer.Option("--dir", help="Folder of a local stack.")]) -> None:
    """Follow the joint gateway; publish summaries and proposals. Until SIGTERM or Ctrl-C."""
    from integration.logs import to_stderr
    from integration.pipeline import live_config
    from pipelines.live import AlreadyRunning, ArchiveError
    from pipelines.live import run as live

    to_stderr()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        live(live_config(folder), stop)
    except (AlreadyRunning, ArchiveError) as error:
        fail(str(error), REFUSED)


@app.command()
def backfill(
    files: Annotated[list[Path], typer.Argument(help="Archived Avro files.")],
    as_json: Annotated[bool, typer.Option("--json", help="As ProtoJSON, one a line.")] = False,
) -> None:
    """Compute summaries and proposals from archived files, with the live run's transforms."""
    from pipelines.backfill import ArchiveError
    from pipelines.backfill import backfill as compute
    from pipelines.report import proposal_text, summary_text
    from schemas.json_form import to_json

    try:
        pictures = compute(files)
    except ArchiveError as error:
        fail(str(error), BAD_INPUT)
    for picture in pictures:
        for view in (picture.summary, *picture.proposals):
            if as_json:
                print(to_json(view))
        if not as_json:
            print(summary_text(picture.summary))
            print("\n".join(proposal_text(p) for p in picture.proposals))
