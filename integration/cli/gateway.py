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
def serve(config: Annotated[Path, typer.Option(help="The gateway's YAML file.")]) -> None:
    """Run a gateway until SIGTERM or Ctrl-C; it finishes what it has begun."""
    from gateway.app import StartError
    from gateway.app import serve as run
    from gateway.config import ConfigError, load
    from integration.logs import to_stderr

    to_stderr()
    try:
        raise SystemExit(run(load(config), lambda: load(config)))
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    except StartError as error:
        fail(str(error), REFUSED)
