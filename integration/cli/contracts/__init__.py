"""yrd contracts: compatibility, releases, and tests of other systems against the contract."""

import typer

app = typer.Typer(
    help="The contract: its compatibility, its releases, and tests against it.",
    no_args_is_help=True,
)

from integration.cli.contracts import check, convert, release, verify  # noqa: E402, F401  # add their commands
