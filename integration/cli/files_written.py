"""Messages of a gateway as files, as `yrd cap out` and `yrd edxl out` write them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import typer

from integration.cli.ending import BAD_INPUT, fail

if TYPE_CHECKING:
    from client import ExchangeClient
    from yrd.exchange.v1.message_pb2 import Message
    from yrd.exchange.v1.service_pb2 import Filter

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


def follow_into(
    client: "ExchangeClient",
    wanted: "Filter",
    cursor: str,
    follow: bool,
    out: OutFolder,
    as_json: bool,
) -> None:
    """Writes what is behind a durable cursor, and with `follow` what comes. Raises ExchangeError."""
    with client.subscribe(cursor=cursor, wanted=wanted, until_caught_up=not follow) as batches:
        for batch in batches:
            for message in batch.messages:
                write_one(message, out, False, as_json)
            batches.acknowledge(batch.offset)


def write_one(message: "Message", out: OutFolder, dry_run: bool, as_json: bool) -> bool:
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
