"""yrd cap: early warnings from CAP 1.2 files, and to them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from integration.cli import target
from integration.cli.cap_extra import AsJson, DryRun, require_extra
from integration.cli.cap_out import outward
from integration.cli.ending import BAD_INPUT, fail, fail_exchange
from integration.cli.files_taken import published, watch_folder
from integration.cli.files_told import end

if TYPE_CHECKING:
    from integration.cap.door import Trust
    from integration.cap.drafting import Settings
    from integration.cap.intake import Told

app = typer.Typer(
    help="Early warnings from CAP 1.2 files and to them (docs/cap.md).", no_args_is_help=True
)
app.command(name="out")(outward)


@app.command(name="in")
def inward(
    path: Annotated[
        Path, typer.Argument(help="A file (CAP 1.2, or JSON of 12379/weather.com.cn), or a folder.")
    ],
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on until SIGTERM or Ctrl-C; the path is a folder.")
    ] = False,
    keys: Annotated[
        Path | None, typer.Option(help="Certificates of issuers: a PEM file, or a folder of them.")
    ] = None,
    require_signature: Annotated[
        bool, typer.Option("--require-signature", help="Take nothing that none of --keys signed.")
    ] = False,
    exercise: Annotated[
        str, typer.Option(help="Name of the exercise, for alerts of one that don't say.")
    ] = "",
    data_level: Annotated[
        int, typer.Option(min=0, max=4, help="General data level 1 to 4; 0: by the alert's scope.")
    ] = 0,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Publish early warnings from CAP 1.2 files.

    Of a folder, files that were published are moved to taken/, those that can't be to refused/ with a .reason
    beside; one for which no gateway is there waits in taking/. Each alert is published once, however often
    its file comes. Exit status 1 if any was refused.
    """
    settings, trust = _settings(exercise, data_level), _trust(keys, require_signature)
    if not path.exists():
        fail(f"{path}: 没有 not there; check the path", BAD_INPUT)
    if watch and (dry_run or not path.is_dir()):
        fail("--watch: 用于文件夹，不与--dry-run同用 takes a folder, and no --dry-run", BAD_INPUT)
    connected = bool(folder or address)
    if dry_run:
        publisher = _publisher(folder, participant, address, certs, system) if connected else None
        end(_checked(path, settings, trust, publisher), as_json)
    from integration.cap.intake import Intake

    publisher = _publisher(folder, participant, address, certs, system)
    intake = Intake(publisher, settings, trust)
    if watch:
        watch_folder(intake, path, as_json)
    else:
        end(published(intake, path, as_json, "cap in"), as_json)


def _settings(exercise: str, data_level: int) -> "Settings":
    require_extra()
    from integration.cap.drafting import Settings
    from yrd.exchange.v1.message_pb2 import DataLevel

    levels = (
        None,
        DataLevel.DATA_LEVEL_GENERAL_1,
        DataLevel.DATA_LEVEL_GENERAL_2,
        DataLevel.DATA_LEVEL_GENERAL_3,
        DataLevel.DATA_LEVEL_GENERAL_4,
    )
    return Settings(exercise_id=exercise, data_level=levels[data_level])


def _trust(keys: Path | None, required: bool) -> "Trust":
    from integration.cap.door import Trust
    from integration.cap.signature import known_certificates

    if keys is None:
        if required:
            fail("--require-signature: 还须 needs --keys as well", BAD_INPUT)
        return Trust()
    try:
        return Trust(known_certificates(keys), required)
    except (OSError, ValueError) as error:
        fail(f"--keys: {error}", BAD_INPUT)


def _publisher(
    folder: Path | None, participant: str, address: str, certs: Path | None, system: str
) -> Any:
    from integration.cap.publisher import ClientPublisher

    client = target.client_for(folder, participant, address, certs, system)
    return ClientPublisher(client, target.participant_for(folder, participant, certs, system))


def _files(path: Path) -> list[Path]:
    from integration.cap.folder import Folder

    return Folder(path).waiting() if path.is_dir() else [path]


def _checked(path: Path, settings: "Settings", trust: "Trust", publisher: Any) -> Iterator["Told"]:
    from datetime import UTC, datetime

    from client import ExchangeError
    from integration.cap.intake import by_time, check

    try:
        known = publisher.known() if publisher else {}
    except ExchangeError as error:
        fail_exchange(error)
    participant = publisher.participant if publisher else ""
    for file in by_time(_files(path), settings, trust):
        yield check(file, settings, known, trust, datetime.now(UTC), participant)
