"""yrd edxl out: aid messages of a gateway as EDXL-RM 1.0 files."""

from pathlib import Path
from typing import Annotated

import typer

from integration.cli import target
from integration.cli.cap_extra import AsJson, DryRun, require_extra
from integration.cli.ending import BAD_INPUT, OK, REFUSED, fail, fail_exchange
from integration.cli.files_written import follow_into, write_one


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
    from integration.edxl.outfolder import OutFolder

    out = OutFolder(to)
    types = [name for name in AID if resources or name.startswith("yrd.aid.")]
    wanted = message_filter(types, origins, None, modes)
    try:
        client = target.client_for(folder, participant, address, certs, system)
        if cursor:
            follow_into(client, wanted, cursor, follow, out, as_json)
            return
        found = [client.get(m) for m in message] if message else client.messages(wanted)
        refused = sum([not write_one(m, out, dry_run, as_json) for m in found])
    except ExchangeError as error:
        fail_exchange(error)
    raise SystemExit(REFUSED if refused else OK)
