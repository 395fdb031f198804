"""yrd status: state of one gateway."""

from typing import Annotated

import typer

from integration.cli import target
from integration.cli.ending import OK, REFUSED, fail_exchange


def status(
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    as_json: Annotated[bool, typer.Option("--json", help="As ProtoJSON.")] = False,
) -> None:
    """Show a gateway's logs and links. Exit status 1 if it does not accept messages."""
    from client import ExchangeError
    from schemas.json_form import to_json

    try:
        found = target.client_for(folder, participant, address, certs, system).status()
    except ExchangeError as error:
        fail_exchange(error)
    if as_json:
        print(to_json(found, indent=1))
    else:
        from integration.cli.tables import print_status

        print_status(found)
    raise SystemExit(OK if found.accepting else REFUSED)
