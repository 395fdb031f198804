"""yrd edxl: mutual aid from EDXL-RM 1.0 files, and to them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli import target
from integration.cli.cap_extra import AsJson, DryRun, require_extra
from integration.cli.edxl_out import outward
from integration.cli.ending import BAD_INPUT, fail, fail_exchange
from integration.cli.files_taken import published, watch_folder
from integration.cli.files_told import end

if TYPE_CHECKING:
    from integration.cap.intake import Told
    from integration.edxl.drafting import Settings
    from integration.edxl.intake import ClientPublisher

app = typer.Typer(
    help="Mutual aid from EDXL-RM 1.0 files and to them (docs/edxl.md).", no_args_is_help=True
)
app.command(name="out")(outward)
Mode = Annotated[
    str,
    typer.Option(help="actual, exercise or test, of messages without an EDXLDistribution."),
]
Exercise = Annotated[str, typer.Option(help="Name of the exercise, for messages of one.")]
Level = Annotated[int, typer.Option(min=1, max=4, help="General data level, where none is told.")]


@app.command(name="in")
def inward(
    path: Annotated[Path, typer.Argument(help="A file of EDXL-RM 1.0, or a folder of them.")],
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on until SIGTERM or Ctrl-C; the path is a folder.")
    ] = False,
    mode: Mode = "",
    exercise: Exercise = "",
    data_level: Level = 3,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Publish aid messages from EDXL-RM 1.0 files.

    Of a folder, files that were published are moved to taken/, those that can't be to refused/ with a .reason
    beside; one for which no gateway is there waits in taking/. Each message is published once, however often
    its file comes. Exit status 1 if any was refused.
    """
    require_extra()
    if not path.exists():
        fail(f"{path}: 没有 not there; check the path", BAD_INPUT)
    if watch and (dry_run or not path.is_dir()):
        fail("--watch: 用于文件夹，不与--dry-run同用 takes a folder, and no --dry-run", BAD_INPUT)
    connected = bool(folder or address)
    who = target.participant_for(folder, participant, certs, system)
    settings = _settings(who, mode, exercise, data_level)
    if dry_run:
        reach = (folder, participant, address, certs, system)
        end(_checked(path, settings, _publisher(*reach) if connected else None), as_json)
    from integration.edxl.intake import Intake

    intake = Intake(_publisher(folder, participant, address, certs, system), settings)
    if watch:
        watch_folder(intake, path, as_json)
    else:
        end(published(intake, path, as_json, "edxl in"), as_json)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Files of EDXL-RM 1.0.")],
    participant: target.As = "joint",
    mode: Mode = "test",
    exercise: Exercise = "",
    as_json: AsJson = False,
) -> None:
    """Check files by structure and contract, and say what the exchange would not carry.

    The structure is checked by this project's transcription of the standard, not by the schema of OASIS. No
    gateway is asked. Exit status 1 if any file is at fault.
    """
    require_extra()
    end(_by_structure(files, _settings(participant, mode, exercise, 3)), as_json)


def _settings(participant: str, mode: str, exercise: str, level: int) -> "Settings":
    from integration.edxl.drafting import Settings
    from yrd.exchange.v1.message_pb2 import DataLevel
    from yrd.exchange.v1.message_pb2 import Mode as Modes

    known = {
        "": None,
        "actual": Modes.MODE_ACTUAL,
        "exercise": Modes.MODE_EXERCISE,
        "test": Modes.MODE_TEST,
    }
    if mode not in known:
        fail(f"--mode {mode}: one of actual, exercise, test", BAD_INPUT)
    levels = (
        DataLevel.DATA_LEVEL_GENERAL_1,
        DataLevel.DATA_LEVEL_GENERAL_2,
        DataLevel.DATA_LEVEL_GENERAL_3,
        DataLevel.DATA_LEVEL_GENERAL_4,
    )
    return Settings(
        participant=participant,
        mode=known[mode],
        exercise_id=exercise,
        data_level=levels[level - 1],
    )


def _publisher(
    folder: Path | None, participant: str, address: str, certs: Path | None, system: str
) -> "ClientPublisher":
    from integration.edxl.intake import ClientPublisher

    return ClientPublisher(target.client_for(folder, participant, address, certs, system))


def _checked(
    path: Path, settings: "Settings", publisher: "ClientPublisher | None"
) -> Iterator["Told"]:
    from datetime import UTC, datetime

    from client import ExchangeError
    from integration.cap.folder import Folder
    from integration.edxl.intake import check as checked
    from integration.edxl.intake import in_order

    try:
        known = publisher.known() if publisher else {}
    except ExchangeError as error:
        fail_exchange(error)
    files = Folder(path).waiting() if path.is_dir() else [path]
    for file in in_order(files, settings):
        yield checked(file, settings, known, datetime.now(UTC))


def _by_structure(files: list[Path], settings: "Settings") -> Iterator["Told"]:
    from dataclasses import replace
    from datetime import UTC, datetime

    from integration.cap.intake import Outcome
    from integration.edxl.intake import check as checked
    from integration.edxl.structure import faults_of

    for file in files:
        told = checked(file, settings, {}, datetime.now(UTC))
        found = faults_of(file)
        faults = [*found, *told.faults]
        yield replace(told, faults=faults, outcome=Outcome.REFUSED if faults else told.outcome)
