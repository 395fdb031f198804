"""yrd certs: development certificates and keys."""

from pathlib import Path
from typing import Annotated

import typer

from integration.cli.ending import BAD_INPUT, fail

app = typer.Typer(help="Development certificates and keys.", no_args_is_help=True)
Folder = Annotated[Path, typer.Option("--dir", help="Folder of the CA.")]


@app.command()
def init(folder: Folder) -> None:
    """Make a CA, and certificates and signing keys for all five participants.

    For drills and trials. A province uses its own CA.
    """
    from integration import certs

    try:
        certs.make_all(folder)
    except certs.CertificateFileError as error:
        fail(str(error), BAD_INPUT)
    print(f"made {folder}/ca.pem and one folder for each of {', '.join(certs.PARTICIPANTS)}")


@app.command()
def issue(
    folder: Folder,
    participant: Annotated[str, typer.Option(help="For example 310000.")],
    system: Annotated[str, typer.Option(help="Name of the system, for example dispatch.")],
) -> None:
    """Make a certificate for one more system of a participant."""
    from integration import certs

    try:
        path = certs.issue(certs.load_authority(folder), folder / participant, participant, system)
    except certs.CertificateFileError as error:
        fail(str(error), BAD_INPUT)
    print(path)


Participant = Annotated[str, typer.Option(help="For example 310000.")]
System = Annotated[str, typer.Option(help="Name of the system, for example gateway or console.")]


@app.command()
def renew(folder: Folder, participant: Participant, system: System) -> None:
    """Make a new certificate and key in place of a system's.

    A running gateway takes its own new certificate within a minute, or at once when told to reload.
    """
    from integration import certs

    try:
        print(certs.renew(folder, participant, system))
    except certs.CertificateFileError as error:
        fail(str(error), BAD_INPUT)


@app.command()
def revoke(folder: Folder, participant: Participant, system: System) -> None:
    """Put a system's certificate on the CA's list of revocations, DIR/crl.pem.

    Gateways whose configuration names that list as tls.crl refuse it within a minute, or at once when
    told to reload; streams that are open with it are ended.
    """
    from integration import certs

    try:
        serial = certs.revoke(folder, participant, system)
    except certs.CertificateFileError as error:
        fail(str(error), BAD_INPUT)
    print(f"{folder}/crl.pem: serial number {serial:x} of {participant}/{system} is revoked")


@app.command("rotate-keys")
def rotate_keys(
    folder: Folder,
    participant: Participant,
    mark: Annotated[str, typer.Option(help="Marks the files of the new keys.")] = "new",
) -> None:
    """Make new signing keys of a participant, and say in which order to bring them into use.

    No gateway has to stop, and what was signed before stays verifiable. Nothing is changed by this
    command but the files that it makes: the configurations are their operators' to change.
    """
    from integration import certs
    from integration.rotation import steps

    try:
        certs.make_signing_keys(folder / participant, participant, mark)
        print(steps(folder / participant, participant, mark))
    except (certs.CertificateFileError, OSError) as error:
        fail(str(error), BAD_INPUT)
