"""yrd cap out: early warnings of a gateway as CAP 1.2 files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli import target
from integration.cli.cap_extra import AsJson, DryRun, require_extra
from integration.cli.ending import BAD_INPUT, OK, REFUSED, fail, fail_exchange
from integration.cli.files_written import follow_into, write_one

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
    message: Annotated[
        list[str] | None, typer.Option("--message", help="Only this message; repeatable.")
    ] = None,
    origins: Annotated[
        list[str] | None, typer.Option("--origin", help="Participant; repeatable.")
    ] = None,
    modes: Annotated[
        list[str] | None, typer.Option("--mode", help="actual, exercise or test; all unless said.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="With --cursor: wait for more, until Ctrl-C.")
    ] = False,
    cursor: Annotated[str, typer.Option(help="Durable cursor to read from and to move.")] = "",
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
    from client import ExchangeError
    from integration.cli.messages import message_filter

    require_extra()
    if (follow and not cursor) or (cursor and (dry_run or message)):
        fail(
            "--follow, --cursor: 不与--message、--dry-run同用 need each other, and no --message or --dry-run",
            BAD_INPUT,
        )
    from integration.cap.outfolder import OutFolder

    out = OutFolder(to, _signer(sign_certificate, sign_key))
    wanted = message_filter([WARNING], origins, None, modes)
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
