"""yrd up: five gateways and the pipeline on this machine."""

import json
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from integration.cli.ending import REFUSED, fail


def up(
    folder: Annotated[Path, typer.Option("--dir", help="Folder for everything; kept.")],
    as_json: Annotated[bool, typer.Option("--json", help="Addresses and paths as JSON.")] = False,
) -> None:
    """Start five gateways and the joint pipeline, empty or as they were, until Ctrl-C.

    A second start on the same folder goes on where the first one stopped.
    """
    from gateway.store.lock import FolderInUse, FolderLock
    from integration.stack import StackError, prepare

    try:
        # the first one's gateways would answer for those of a second one
        lock = FolderLock(folder)
    except (FolderInUse, OSError) as error:
        fail(str(error), REFUSED)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        stack = prepare(folder)
        stack.start()
    except StackError as error:
        fail(str(error), REFUSED)
    try:
        found = {
            m.participant: {
                "address": m.address,
                "ca": str(m.certs.parent / "ca.pem"),
                "certificate": str(m.certs / "console.pem"),
                "key": str(m.certs / "console.key"),
            }
            for m in stack.members.values()
        }
        print(json.dumps(found, indent=1) if as_json else _text(found, folder), flush=True)
        while not stop.wait(1.0):
            for name in stack.exited():
                fail(f"{name} ended by itself; its log says:\n{stack.log_tail(name)}", REFUSED)
    finally:
        stack.stop()
        lock.release()


def _text(found: dict[str, dict[str, str]], folder: Path) -> str:
    lines = [
        f"{name:>6}  {f['address']:<16} certificate {f['certificate']}" for name, f in found.items()
    ]
    first = next(iter(found.values()))
    return "\n".join(
        [
            *lines,
            f"    CA  {first['ca']}; each certificate's key lies beside it as .key",
            f"try: yrd template incident_report | yrd publish --dir {folder} --as 310000",
            f"     yrd tail --dir {folder} --as joint",
            "Ctrl-C stops everything; the data stays.",
        ]
    )
