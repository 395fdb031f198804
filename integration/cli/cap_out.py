"""yrd cap out: early warnings of a gateway as CAP 1.2 files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli import target
from integration.cli.cap_extra import AsJson, DryRun, require_extra
from integration.cli.ending import BAD_INPUT, fail
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

if TYPE_CHECKING:
    from integration.cap.signing import Signer

WARNING = "yrd.warning.v1.EarlyWarning"


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
    follow: Follow = False,
    cursor: Cursor = "",
    sign_certificate: Annotated[
        Path | None, typer.Option(help="Sign each file as the owner of this certificate (PEM).")
    ] = None,
    sign_key: Annotated[
        Path | None, typer.Option(help="The certificate's private key (PEM; RSA or EC).")
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Write early warnings that a gateway has as CAP 1.2 files, one for each publication.

    What CAP has no element for is in parameters that begin with `yrd:`, so that `yrd cap in` reads the same
    message again. A file that is there already is completed, never written twice.
    """
    from integration.cli.messages import message_filter

    require_extra()
    require_fit(follow, cursor, dry_run, message)
    from integration.cap.outfolder import OutFolder

    out = OutFolder(to, _signer(sign_certificate, sign_key))
    wanted = message_filter([WARNING], origins, None, modes)
    client = target.client_for(folder, participant, address, certs, system)
    write_all(client, wanted, message, out, Written(cursor, follow, dry_run, as_json))


def _signer(certificate: Path | None, key: Path | None) -> "Signer | None":
    from datetime import UTC, datetime

    from integration.cap.signing import signer

    if certificate is None or key is None:
        if certificate or key:
            fail("--sign-certificate, --sign-key: 须一并给出 name both", BAD_INPUT)
        return None
    try:
        return signer(certificate, key, datetime.now(UTC))
    except OSError as error:
        fail(f"--sign-…: {error.filename}: {error.strerror}; 检查路径 check the path", BAD_INPUT)
    except ValueError as error:
        fail(f"--sign-…: {error}", BAD_INPUT)
