"""yrd edxl out: aid messages of a gateway as EDXL-RM 1.0 files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli import target
from integration.cli.cap_extra import AsJson, DryRun, require_extra
from integration.cli.ending import BAD_INPUT, OK, REFUSED, fail, fail_exchange
from integration.cli.files_told import say_written

if TYPE_CHECKING:
    from client import ExchangeClient
    from yrd.exchange.v1.message_pb2 import Message
    from yrd.exchange.v1.service_pb2 import Filter


def outward(
    to: Annotated[Path, typer.Argument(help="Folder for the files; it is made if need be.")],
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    message: Annotated[
        list[str] | None, typer.Option("--message", help="Only this message; repeatable.")
    ] = None,
    origins: Annotated[
        list[str] | None, typer.Option("--origin", help="Participant; repeatable.")
    ] = None,
    modes: Annotated[
        list[str] | None, typer.Option("--mode", help="actual, exercise or test; all unless said.")
    ] = None,
    resources: Annotated[
        bool, typer.Option("--resources", help="Resources as well, as OfferUnsolicitedResource.")
    ] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="With --cursor: wait for more, until Ctrl-C.")
    ] = False,
    cursor: Annotated[str, typer.Option(help="Durable cursor to read from and to move.")] = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Write aid messages that a gateway has as EDXL-RM 1.0 files, each in an envelope that says its mode.

    What EDXL-RM has no element for is in keywords that begin with `urn:yrd:`, so that `yrd edxl in` reads the
    same message again. Settlements have no message of EDXL-RM and are left out.
    """
    require_extra()
    if (follow and not cursor) or (cursor and (dry_run or message)):
        fail(
            "--follow, --cursor: 不与--message、--dry-run同用 need each other, and no --message or --dry-run",
            BAD_INPUT,
        )
    from client import ExchangeError
    from integration.cli.messages import message_filter
    from integration.edxl.intake import AID

    types = [name for name in AID if resources or name.startswith("yrd.aid.")]
    wanted = message_filter(types, origins, None, modes)
    try:
        client = target.client_for(folder, participant, address, certs, system)
        if cursor:
            _follow(client, wanted, cursor, follow, to, as_json)
            return
        found = [client.get(m) for m in message] if message else client.messages(wanted)
        refused = sum([not _write(m, to, dry_run, as_json) for m in found])
    except ExchangeError as error:
        fail_exchange(error)
    raise SystemExit(REFUSED if refused else OK)


def _follow(
    client: "ExchangeClient", wanted: "Filter", cursor: str, follow: bool, to: Path, as_json: bool
) -> None:
    with client.subscribe(cursor=cursor, wanted=wanted, until_caught_up=not follow) as batches:
        for batch in batches:
            for message in batch.messages:
                _write(message, to, False, as_json)
            batches.acknowledge(batch.offset)


def _write(message: "Message", to: Path, dry_run: bool, as_json: bool) -> bool:
    """Writes one message and says so; False if it could not be."""
    from integration.cap.remarks import CapRefused
    from integration.edxl.outfolder import OutFolder

    out = OutFolder(to)
    try:
        if dry_run:
            file, done = out.file_of(message), "would write"
        else:
            to.mkdir(parents=True, exist_ok=True)
            file, changed = out.add(message)
            done = "wrote" if changed else "unchanged"
    except CapRefused as error:
        faults = [str(fault) for fault in error.faults]
        say_written(message.header.message_id, "", "refused", faults, as_json)
        return False
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; 检查文件夹 check the folder", BAD_INPUT)
    say_written(message.header.message_id, str(file), done, [], as_json)
    return True
