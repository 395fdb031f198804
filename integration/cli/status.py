"""yrd status: one look at a gateway."""

from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli import target
from integration.cli.doctor import status_of
from integration.cli.ending import UNREACHABLE, explain, fail_exchange

if TYPE_CHECKING:
    from client import ExchangeClient
    from integration.glance.feed import Feed
    from integration.glance.showing import Glance

WIDTH = 140
"""Columns where nobody says how many there are."""


def status(
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again and again, until Ctrl-C.")
    ] = False,
    every: Annotated[float, typer.Option(min=0.2, help="With --watch: seconds.")] = 2.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="As JSON; with --watch an object a line.")
    ] = False,
) -> None:
    """Show a gateway at a glance: mode, logs with the newest of each participant, links and how far they
    are behind, alarms, certificate, disk, proposals, and what is to be seen to.

    Exit status 0 good, 4 attention, 1 trouble (it does not accept, for example), 3 no answer. Needs the role
    administrator; with subscriber also mode, newest and proposals.
    """
    import json
    from datetime import UTC, datetime

    from client import ExchangeError
    from integration.doctor.finding import worst
    from integration.glance.feed import Feed
    from integration.glance.looking import look
    from integration.glance.showing import as_json as told

    client = target.client_for(folder, participant, address, certs, system)
    feed = Feed()
    if watch:
        _watch(client, feed, every, as_json=as_json)
    try:
        glance = look(client, feed, datetime.now(UTC))
    except ExchangeError as error:
        fail_exchange(error)
    if as_json:
        print(json.dumps(told(glance), ensure_ascii=False, indent=1))
    else:
        _print(glance)
    raise SystemExit(status_of(worst(glance.findings)))


def _print(glance: "Glance") -> None:
    from datetime import UTC, datetime

    from rich.console import Console

    from integration.glance.showing import shown

    width = None if Console().is_terminal else WIDTH
    Console(highlight=False, width=width).print(shown(glance, datetime.now(UTC)))


def _watch(client: "ExchangeClient", feed: "Feed", every: float, *, as_json: bool) -> None:
    """Until it is interrupted; a gateway that does not answer is said to, and asked again."""
    import json
    import time
    from datetime import UTC, datetime

    from client import ExchangeError
    from integration.glance.looking import look
    from integration.glance.showing import as_json as told

    while True:
        try:
            glance = look(client, feed, datetime.now(UTC))
        except ExchangeError as error:
            problem = {"verdict": "unreachable", "status": UNREACHABLE, "problem": explain(error)}
            print(
                json.dumps(problem) if as_json else f"\n无应答 NO ANSWER {explain(error)}",
                flush=True,
            )
        else:
            if as_json:
                print(json.dumps(told(glance), ensure_ascii=False), flush=True)
            else:
                _clear()
                _print(glance)
        time.sleep(every)


def _clear() -> None:
    """On a terminal each look takes the place of the one before."""
    from rich.console import Console

    console = Console()
    if console.is_terminal:
        console.clear()
