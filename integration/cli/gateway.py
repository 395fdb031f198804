"""yrd gateway: one participant's gateway."""

from pathlib import Path
from typing import Annotated

import typer

from integration.cli.ending import BAD_INPUT, REFUSED, fail

app = typer.Typer(help="One participant's gateway.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """One participant's gateway."""


@app.command()
def serve(
    config: Annotated[Path, typer.Option(help="The gateway's YAML file.")],
    new: Annotated[
        bool, typer.Option("--new", help="Begin a new log; only for the first start ever.")
    ] = False,
    accept_without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PEER",
            help="Accept without the word of this peer on how far our log goes; may be repeated.",
        ),
    ] = None,
) -> None:
    """Run a gateway until SIGTERM or Ctrl-C; it finishes what it has begun.

    Before it accepts messages it asks its peers how far they hold its log. A store that may be an old
    copy accepts only when all of them have answered.
    """
    from gateway.app import StartError
    from gateway.app import serve as run
    from gateway.config import ConfigError, load
    from integration.logs import to_stderr

    to_stderr()
    try:
        without = accept_without or ()
        raise SystemExit(run(load(config), lambda: load(config), new=new, without=without))
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    except StartError as error:
        fail(str(error), REFUSED)
