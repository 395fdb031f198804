"""yrd config: configuration of a gateway."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from integration.cli.ending import BAD_INPUT, fail

app = typer.Typer(help="Configuration of a gateway.", no_args_is_help=True)


@app.command()
def check(file: Annotated[Path, typer.Argument(help="The YAML file.")]) -> None:
    """Read a configuration, its keys and its agreements, and say what is wrong with them."""
    from gateway.app import check_files
    from gateway.config import ConfigError, load
    from gateway.separation import warnings

    try:
        config = load(file)
        agreements = check_files(config)
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    for warning in warnings(config):
        print(f"warning: {file}: {warning}", file=sys.stderr)
    print(f"{file}: good; {config.participant}, {len(config.peers)} peers, {agreements} agreements")
