"""yrd cap out: early warnings of a gateway as CAP 1.2 files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli import target
from integration.cli.cap_extra import AsJson, DryRun, require_extra
from integration.cli.ending import BAD_INPUT, OK, REFUSED, fail, fail_exchange

if TYPE_CHECKING:
    from client import ExchangeClient
    from integration.cap.outfolder import OutFolder
    from integration.cap.signing import Signer
    from yrd.exchange.v1.message_pb2 import Message
    from yrd.exchange.v1.service_pb2 import Filter

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
            _follow(client, wanted, cursor, follow, out, as_json)
            return
        found = [client.get(m) for m in message] if message else client.messages(wanted)
        refused = sum([not _write(m, out, dry_run, as_json) for m in found])
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


def _follow(
    client: "ExchangeClient",
    wanted: "Filter",
    cursor: str,
    follow: bool,
    out: "OutFolder",
    as_json: bool,
) -> None:
    with client.subscribe(cursor=cursor, wanted=wanted, until_caught_up=not follow) as batches:
        for batch in batches:
            for message in batch.messages:
                _write(message, out, False, as_json)
            batches.acknowledge(batch.offset)


def _write(message: "Message", out: "OutFolder", dry_run: bool, as_json: bool) -> bool:
    """Writes one message and says so; False if it could not be."""
    from integration.cap.remarks import CapRefused

    try:
        if dry_run:
            file, done = out.file_of(message), "would write"
        else:
            out.path.mkdir(parents=True, exist_ok=True)
            file, changed = out.add(message)
            done = "wrote" if changed else "unchanged"
    except CapRefused as error:
        _say_written(message, "", "refused", [str(f) for f in error.faults], as_json)
        return False
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; 检查文件夹 check the folder", BAD_INPUT)
    _say_written(message, str(file), done, [], as_json)
    return True


_DONE = {"wrote": "已写", "unchanged": "未变", "would write": "将写", "refused": "不能写"}


def _say_written(
    message: "Message", file: str, done: str, faults: Sequence[str], as_json: bool
) -> None:
    import json

    name = message.header.message_id
    if as_json:
        told = {"message_id": name, "outcome": done, "file": file, "faults": list(faults)}
        print(json.dumps(told, ensure_ascii=False), flush=True)
        return
    said = "\n".join([f"{_DONE[done]} {done} {name} {file}".rstrip(), *(f"  {f}" for f in faults)])
    typer.echo(said, err=done == "refused")
