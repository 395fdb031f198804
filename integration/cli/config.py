"""yrd config: files of settings, and what an operator puts beside them."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from integration.cli import config_init
from integration.cli.ending import BAD_INPUT, REFUSED, fail

app = typer.Typer(
    help="Files of settings, units of systemd, pages of the manual.", no_args_is_help=True
)
app.command()(config_init.init)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The YAML file.")],
    kind: Annotated[
        str,
        typer.Option(
            "--of", help="gateway, bridge, page, http or pipeline; its keys tell if left out."
        ),
    ] = "",
) -> None:
    """Read a file of settings and all that it names, and say what is wrong with them.

    Of a gateway these are its keys and its agreements, too.
    """
    from gateway.settings_file import ConfigError
    from integration.setup.kinds import KINDS, kind_of
    from integration.setup.kinds import check as look

    if kind and kind not in KINDS:
        fail(f"--of {kind!r}: one of {', '.join(KINDS)}", BAD_INPUT)
    chosen = kind or kind_of(file)
    try:
        if chosen == "gateway":
            _check_gateway(file)
            return
        look(chosen, file)
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    print(f"{file}: good; {chosen}")


def _check_gateway(file: Path) -> None:
    from gateway.app import check_files
    from gateway.config import load
    from gateway.separation import warnings

    config = load(file)
    agreements = check_files(config)
    for warning in warnings(config):
        print(f"warning: {file}: {warning}", file=sys.stderr)
    print(f"{file}: good; {config.participant}, {len(config.peers)} peers, {agreements} agreements")


@app.command()
def files(
    to: Annotated[Path, typer.Option(help="Folder to write into; files that are there stay.")],
    program: Annotated[
        Path | None,
        typer.Option("--yrd", help="The command that the units start; this one if left out."),
    ] = None,
) -> None:
    """Write what runs and watches the exchange: units of systemd, a compose file, and what lies with them.

    README.md in that folder says where each belongs. Nothing is installed.
    """
    from integration.operate.files import FilesError, in_a_home, running_command, write

    chosen = program or running_command()
    try:
        made = write(to, chosen)
    except (FilesError, OSError) as error:
        fail(str(error), REFUSED)
    if in_a_home(chosen):
        print(
            f"warning: {chosen}: units see no home directories: install under /opt", file=sys.stderr
        )
    for name in made:
        print(f"wrote {to / name}")


@app.command()
def man(
    to: Annotated[
        Path, typer.Option(help="Folder to write into, for example ~/.local/share/man/man1.")
    ],
) -> None:
    """Write the pages of the manual, one for each command: `man yrd-config-init` reads one.

    They say what --help says. Pages that are there are written anew.
    """
    from integration.cli.main import app as whole
    from integration.manual.pages import pages

    folder = to.expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = pages(typer.main.get_command(whole))
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; choose another with --to", REFUSED)
    print(f"{len(made)} 页 pages in {folder}; man {folder / 'yrd.1'}")
