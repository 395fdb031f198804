"""Which gateway a command talks to, and as whom."""

from pathlib import Path
from typing import Annotated

import typer

from client import ExchangeClient
from integration.cli.ending import BAD_INPUT, fail


def _participants(incomplete: str) -> list[str]:
    from gateway.config import PARTICIPANTS

    return [code for code in PARTICIPANTS if code.startswith(incomplete)]


Dir = Annotated[
    Path | None, typer.Option("--dir", help="Folder of a local stack, as made by `yrd up --dir`.")
]
As = Annotated[
    str,
    typer.Option(
        "--as", help="Participant whose gateway and system to use.", autocompletion=_participants
    ),
]
System = Annotated[str, typer.Option(help="System whose certificate to use.")]
Address = Annotated[str, typer.Option("--target", help="HOST:PORT of a gateway.")]
Certs = Annotated[
    Path | None, typer.Option(help="Folder with ca.pem and <system>.pem, <system>.key.")
]


def client_for(
    folder: Path | None, participant: str, target: str, certs: Path | None, system: str
) -> ExchangeClient:
    """A client from the options: either --dir and --as, or --target and --certs."""
    if folder is not None:
        return _local(folder, participant, system)
    if not target or certs is None:
        fail("say which gateway: --dir FOLDER --as PARTICIPANT, or --target and --certs", BAD_INPUT)
    from client import connect

    try:
        channel = connect(
            target, certs / "ca.pem", certs / f"{system}.pem", certs / f"{system}.key"
        )
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; check --certs and --system", BAD_INPUT)
    return ExchangeClient(channel)


def participant_for(folder: Path | None, participant: str, certs: Path | None, system: str) -> str:
    """The participant as whom a client made from the same options speaks: its certificate says so."""
    if folder is not None or certs is None:
        return participant
    from gateway.errors import IdentityUnknown
    from gateway.server.identity import caller_of

    path = certs / f"{system}.pem"
    try:
        return caller_of(path.read_bytes()).participant
    except (IdentityUnknown, ValueError) as error:
        fail(f"{path}: {error}; check --certs and --system", BAD_INPUT)


def _local(folder: Path, participant: str, system: str) -> ExchangeClient:
    from integration.stack import prepare

    if not (folder / "stack.json").exists():
        fail(f"{folder}: no stack here; start one with `yrd up --dir {folder}`", BAD_INPUT)
    members = prepare(folder).members
    if participant not in members:
        fail(f"--as {participant!r}: one of {', '.join(members)}", BAD_INPUT)
    try:
        return members[participant].client(system)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; check --system", BAD_INPUT)
