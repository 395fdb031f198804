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
