"""yrd http: the HTTP/JSON door of a gateway."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.ending import BAD_INPUT, REFUSED, fail

if TYPE_CHECKING:
    from integration.http.config import HttpConfig

app = typer.Typer(help="The HTTP/JSON door of a gateway.", invoke_without_command=True)

CONFIG = typer.Option(help="The door's YAML file (docs/http.md).")
Config = Annotated[Path, CONFIG]


@app.callback()
def http(
    context: typer.Context,
    config: Annotated[Path | None, CONFIG] = None,
) -> None:
    """Serve a gateway over HTTP and JSON, until SIGTERM or Ctrl-C."""
    if context.invoked_subcommand is not None:
        return
    if config is None:
        fail("say which door: --config FILE (docs/http.md)", BAD_INPUT)
    _serve(config)


@app.command()
def token(
    config: Config,
    system: Annotated[str, typer.Option(help="System as which its bearer speaks.")],
    scopes: Annotated[
        list[str], typer.Option("--scope", help="publisher or subscriber; repeatable.")
    ],
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it is valid.")] = 365,
    note: Annotated[str, typer.Option(help="Whose it is; for you.")] = "",
) -> None:
    """Make a token and print it, once: only a digest of it is kept. A running door knows it at once."""
    from typing import cast

    from integration.http.token_file import TokenFileError, add
    from integration.http.tokens import SCOPES, Scope

    settings = _load(config)
    if system not in settings.systems:
        fail(f"--system {system!r}: one of {', '.join(settings.systems)}", BAD_INPUT)
    for scope in scopes:
        if scope not in SCOPES:
            fail(f"--scope {scope!r}: one of {', '.join(SCOPES)}", BAD_INPUT)
    chosen, valid = cast("list[Scope]", scopes), timedelta(days=days)
    try:
        print(add(_file(settings), system, chosen, datetime.now(UTC), valid, note))
    except TokenFileError as error:
        fail(str(error), BAD_INPUT)


@app.command()
def tokens(config: Config) -> None:
    """List tokens: id, system, scopes, end, note."""
    from integration.http.token_file import TokenFileError, read

    try:
        held = read(_file(_load(config)))
    except TokenFileError as error:
        fail(str(error), BAD_INPUT)
    now = datetime.now(UTC)
    for one in held:
        end = f"{one.expire_time:%Y-%m-%d}" + (" 已过期 over" if one.expire_time <= now else "")
        print(
            f"{one.id}  {one.system:<20} {','.join(sorted(one.scopes)):<21} {end}  {one.note}".rstrip()
        )


@app.command()
def revoke(
    config: Config, token_id: Annotated[str, typer.Argument(help="Id, as `yrd http tokens` says.")]
) -> None:
    """Take a token out. A running door refuses it at once, and ends its streams."""
    from integration.http.token_file import TokenFileError
    from integration.http.token_file import revoke as take_out

    try:
        if not take_out(_file(_load(config)), token_id):
            fail(f"{token_id}: no such token; see `yrd http tokens`", REFUSED)
    except TokenFileError as error:
        fail(str(error), BAD_INPUT)
    print(f"revoked {token_id}")


@app.command()
def openapi() -> None:
    """Print the OpenAPI document that a door serves."""
    _require_extra()
    from integration.http.openapi import document

    print(document().decode())


def _serve(config: Path) -> None:
    _require_extra()
    import asyncio

    from gateway.settings_file import ConfigError
    from integration.http.metrics import Meter
    from integration.http.serving import serve
    from integration.logs import to_stderr
    from integration.observe.exposing import exposed

    to_stderr()
    settings, meter = _load(config), Meter()
    try:
        with exposed(settings.telemetry.metrics, meter):
            asyncio.run(serve(settings, meter=meter))
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    except OSError as error:
        fail(f"listen: {settings.listen}: {error.strerror}; choose another", BAD_INPUT)


def _load(file: Path) -> "HttpConfig":
    from gateway.settings_file import ConfigError
    from integration.http.config import load

    try:
        return load(file)
    except ConfigError as error:
        fail(str(error), BAD_INPUT)


def _file(settings: "HttpConfig") -> Path:
    if settings.tokens is None:
        fail("tokens: name the file of tokens in the configuration", BAD_INPUT)
    return settings.tokens


def _require_extra() -> None:
    try:
        import icalendar  # noqa: F401
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ModuleNotFoundError as error:
        fail(
            f"没有 {error.name} is not installed: 安装附加组件http install the extra: "
            "pip install 'yangtze-delta-exchange[http]'",
            BAD_INPUT,
        )
