"""yrd page: the duty-room page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli import target
from integration.cli.ending import BAD_INPUT, fail

if TYPE_CHECKING:
    from integration.page.config import PageConfig


def page(
    config: Annotated[
        Path | None, typer.Option(help="The page's YAML file (docs/page.md).")
    ] = None,
    folder: target.Dir = None,
    participant: target.As = "joint",
    listen: Annotated[
        str, typer.Option(help="With --dir: HOST:PORT of this machine to listen on.")
    ] = "127.0.0.1:8470",
) -> None:
    """Serve the duty-room page over one gateway, until SIGTERM or Ctrl-C.

    It shows what the joint duty room published and what the gateway received, and sends what is new to open
    browsers. It publishes nothing by itself; people act at it if its file says who they are (docs/acts.md).
    """
    from gateway.settings_file import ConfigError
    from integration.logs import to_stderr
    from integration.observe.exposing import exposed
    from integration.page.config import load
    from integration.page.metrics import PageMetrics

    try:
        from integration.page.serve import prepared
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        fail(f"needs {error.name}: pip install 'yangtze-delta-exchange[page]'", BAD_INPUT)
    if (config is None) == (folder is None):
        fail("name the page's file with --config, or a local stack's folder with --dir", BAD_INPUT)
    to_stderr()
    try:
        settings = load(config) if config else _local(folder, participant, listen)
        server = prepared(settings)
        with exposed(settings.telemetry.metrics, PageMetrics(server.room)):
            server.run()
    except ConfigError as error:
        fail(str(error), BAD_INPUT)


def _local(folder: Path | None, participant: str, listen: str) -> "PageConfig":
    """A page over a gateway of a local stack."""
    from gateway.settings_file import checked
    from integration.page.config import PageConfig
    from integration.stack import prepare

    if folder is None or not (folder / "stack.json").exists():
        fail(f"{folder}: no stack here; start one with `yrd up --dir {folder}`", BAD_INPUT)
    members = prepare(folder).members
    if participant not in members:
        fail(f"--as {participant!r}: one of {', '.join(members)}", BAD_INPUT)
    member = members[participant]
    gateway = {
        "address": member.address,
        "ca": member.certs.parent / "ca.pem",
        "certificate": member.certs / "console.pem",
        "key": member.certs / "console.key",
    }
    return checked({"gateway": gateway, "listen": listen}, PageConfig, "--listen")
