"""Files to a gateway, as `yrd cap in` and `yrd edxl in` take them: a file, a folder, a folder watched."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from integration.cli.ending import BAD_INPUT, fail, fail_exchange
from integration.cli.files_told import print_told, until_signal

if TYPE_CHECKING:
    from integration.cap.folder import Folder
    from integration.cap.intake import Told
    from integration.cap.watching import Intake


def published(intake: "Intake", path: Path, as_json: bool, what: str) -> Iterator["Told"]:
    """What became of each file of the path; `what` is said with the progress."""
    from contextlib import nullcontext

    from client import ExchangeError
    from integration.cap.folder import Folder

    box = Folder(path) if path.is_dir() else None
    try:
        with box.alone() if box else nullcontext():
            yield from _each(intake, path, box, as_json, what)
    except ExchangeError as error:
        fail_exchange(error)
    except OSError as error:
        _no_folder(error)


def _each(
    intake: "Intake", path: Path, box: "Folder | None", as_json: bool, what: str
) -> Iterator["Told"]:
    from integration.cli.progress import entry_progress

    files = intake.in_order(box.claim_all() if box else [path])
    with entry_progress(enabled=not as_json and len(files) > 1) as progress:
        for number, file in enumerate(files, 1):
            told = intake.publish(file)
            if box:
                box.put_away(told)
            progress(what, number, len(files))
            yield told


def watch_folder(intake: "Intake", path: Path, as_json: bool) -> None:
    """Takes what comes into a folder, until SIGTERM or Ctrl-C."""
    from integration.cap.watching import watch
    from integration.logs import to_stderr

    to_stderr()
    try:
        for told in watch(intake, path, until_signal()):
            print_told(told, as_json)
    except OSError as error:
        _no_folder(error)


def _no_folder(error: OSError) -> NoReturn:
    fail(f"{error.filename}: {error.strerror}; 检查文件夹 check the folder", BAD_INPUT)
