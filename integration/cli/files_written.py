"""Messages of a gateway as files, as `yrd cap out` and `yrd edxl out` write them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, Protocol

import typer

from integration.cli.ending import BAD_INPUT, OK, REFUSED, fail, fail_exchange

if TYPE_CHECKING:
    from client import ExchangeClient
    from yrd.exchange.v1.message_pb2 import Message
    from yrd.exchange.v1.service_pb2 import Filter

Only = Annotated[list[str] | None, typer.Option("--message", help="Only this message; repeatable.")]
Origins = Annotated[list[str] | None, typer.Option("--origin", help="Participant; repeatable.")]
Modes = Annotated[
    list[str] | None, typer.Option("--mode", help="actual, exercise or test; all unless said.")
]
Follow = Annotated[
    bool, typer.Option("--follow", help="With --cursor: wait for more, until Ctrl-C.")
]
Cursor = Annotated[str, typer.Option(help="Durable cursor to read from and to move.")]
_DONE = {"wrote": "已写", "unchanged": "未变", "would write": "将写", "refused": "不能写"}


class OutFolder(Protocol):
    """Where files of one form are written."""

    @property
    def path(self) -> Path:
        """The folder."""

    def file_of(self, message: "Message") -> Path:
        """The file of a message."""

    def add(self, message: "Message") -> tuple[Path, bool]:
        """Writes it; the file, and whether it changed. Raises CapRefused, OSError."""


class Written(NamedTuple):
    """How messages are written: all there are, or behind a durable cursor, and on with `follow`."""

    cursor: str
    follow: bool
    dry_run: bool
    as_json: bool


def require_fit(follow: bool, cursor: str, dry_run: bool, message: Sequence[str] | None) -> None:
    """Ends the command if its options do not go together."""
    if (follow and not cursor) or (cursor and (dry_run or message)):
        fail(
            "--follow, --cursor: 不与--message、--dry-run同用 need each other, and no --message or --dry-run",
            BAD_INPUT,
        )


def write_all(
    client: "ExchangeClient",
    wanted: "Filter",
    only: Sequence[str] | None,
    out: OutFolder,
    how: Written,
) -> None:
    """Writes what is wanted, or only the messages that are named. Ends the command unless it has a cursor."""
    from client import ExchangeError

    try:
        if how.cursor:
            _behind(client, wanted, out, how)
            return
        found = [client.get(m) for m in only] if only else client.messages(wanted)
        refused = sum([not _write(m, out, how.dry_run, how.as_json) for m in found])
    except ExchangeError as error:
        fail_exchange(error)
    raise SystemExit(REFUSED if refused else OK)


def _behind(client: "ExchangeClient", wanted: "Filter", out: OutFolder, how: Written) -> None:
    caught_up = not how.follow
    with client.subscribe(cursor=how.cursor, wanted=wanted, until_caught_up=caught_up) as batches:
        for batch in batches:
            for message in batch.messages:
                _write(message, out, False, how.as_json)
            batches.acknowledge(batch.offset)


def _write(message: "Message", out: OutFolder, dry_run: bool, as_json: bool) -> bool:
    """Writes one message and says so; False if it could not be."""
    from integration.cap.remarks import CapRefused

    name = message.header.message_id
    try:
        if dry_run:
            file, done = out.file_of(message), "would write"
        else:
            out.path.mkdir(parents=True, exist_ok=True)
            file, changed = out.add(message)
            done = "wrote" if changed else "unchanged"
    except CapRefused as error:
        _say(name, "", "refused", [str(fault) for fault in error.faults], as_json)
        return False
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; 检查文件夹 check the folder", BAD_INPUT)
    _say(name, str(file), done, [], as_json)
    return True


def _say(message_id: str, file: str, done: str, faults: Sequence[str], as_json: bool) -> None:
    import json

    if as_json:
        told = {"message_id": message_id, "outcome": done, "file": file, "faults": list(faults)}
        print(json.dumps(told, ensure_ascii=False), flush=True)
        return
    head = f"{_DONE[done]} {done} {message_id} {file}".rstrip()
    typer.echo("\n".join([head, *(f"  {fault}" for fault in faults)]), err=done == "refused")
