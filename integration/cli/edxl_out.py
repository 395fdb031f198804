"""yrd edxl out: aid messages of a gateway as EDXL-RM 1.0 files."""

from pathlib import Path
from typing import Annotated

import typer

from integration.cli import target
from integration.cli.cap_extra import AsJson, DryRun, require_extra
from integration.cli.files_written import (
    Cursor,
    Follow,
    Modes,
    Only,
    Origins,
    Written,
    require_fit,
    write_all,
)


def outward(
    to: Annotated[Path, typer.Argument(help="Folder for the files; it is made if need be.")],
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    message: Only = None,
    origins: Origins = None,
    modes: Modes = None,
    resources: Annotated[
        bool, typer.Option("--resources", help="Resources as well, as OfferUnsolicitedResource.")
    ] = False,
    follow: Follow = False,
    cursor: Cursor = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Write aid messages that a gateway has as EDXL-RM 1.0 files, each in an envelope that says its mode.

    What EDXL-RM has no element for is in keywords that begin with `urn:yrd:`, so that `yrd edxl in` reads the
    same message again. Settlements have no message of EDXL-RM and are left out.
    """
    require_extra()
    require_fit(follow, cursor, dry_run, message)
    from integration.cli.messages import message_filter
    from integration.edxl.intake import AID
    from integration.edxl.outfolder import OutFolder

    out = OutFolder(to)
    types = [name for name in AID if resources or name.startswith("yrd.aid.")]
    wanted = message_filter(types, origins, None, modes)
    client = target.client_for(folder, participant, address, certs, system)
    write_all(client, wanted, message, out, Written(cursor, follow, dry_run, as_json))
