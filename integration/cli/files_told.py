"""What became of files that were given to a gateway, as `yrd cap` and `yrd edxl` say it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

import typer

from integration.cli.ending import OK, REFUSED

if TYPE_CHECKING:
    import threading

    from integration.cap.intake import Told


def until_signal() -> "threading.Event":
    """Set by SIGINT and SIGTERM."""
    import signal
    import threading

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def end(found: Iterator["Told"], as_json: bool) -> NoReturn:
    """Says what became of each file, and ends the command."""
    outcomes = []
    for told in found:
        print_told(told, as_json)
        outcomes.append(told.outcome)
    raise SystemExit(REFUSED if {"refused", "waiting"} & set(outcomes) else OK)


def print_told(told: "Told", as_json: bool) -> None:
    """What became of a file; on standard error if it is nothing good."""
    import json

    from integration.cap.folder import as_json as value_of
    from integration.cap.folder import lines

    if as_json:
        print(json.dumps(value_of(told), ensure_ascii=False), flush=True)
        return
    typer.echo("\n".join(lines(told)), err=told.outcome in ("refused", "waiting"))
