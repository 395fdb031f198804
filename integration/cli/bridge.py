"""yrd bridge: between a gateway and a province's bus."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.ending import BAD_INPUT, REFUSED, UNREACHABLE, fail

if TYPE_CHECKING:
    import threading

    from integration.kafka.config import BridgeConfig
    from integration.kafka.metrics import Direction, Meter

app = typer.Typer(help="Between a gateway and a province's bus.", no_args_is_help=True)
kafka = typer.Typer(help="Between a gateway and Kafka.", no_args_is_help=True)
app.add_typer(kafka, name="kafka")

Config = Annotated[Path, typer.Option(help="The bridge's YAML file (docs/kafka.md).")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


@kafka.command()
def init(
    config: Config,
    after: Annotated[
        int | None,
        typer.Option(min=0, help="Deliver what the gateway received behind this offset; else all."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the topics that are missing, with retention and compaction as configured.

    A bridge's place is kept in a topic of its own; where that is new, delivery begins behind --after.
    """
    import json

    from integration.kafka.setting_up import set_up

    with _ending():
        made = set_up(_load(config), after)
    if as_json:
        print(json.dumps(made, indent=1))
        return
    for name in made:
        print(f"made {name}")
    if not made:
        print("没有变化 · nothing was missing")


@kafka.command()
def check(config: Config, as_json: AsJson = False) -> None:
    """Look at brokers, login and topics; say what is wrong and what to do. Exit status 1 if anything is."""
    import json
    from dataclasses import asdict

    from integration.kafka.setting_up import look

    with _ending():
        found = look(_load(config))
    if as_json:
        print(json.dumps([asdict(fault) for fault in found], ensure_ascii=False, indent=1))
    elif not found:
        print(f"{config}: good; all topics are there and as they must be")
    for fault in () if as_json else found:
        print(f"topic {fault.topic} {fault.problem}: {fault.remedy}")
    raise SystemExit(REFUSED if found else 0)


@kafka.command()
def out(config: Config) -> None:
    """Deliver what the gateway receives to Kafka, each message once. Until SIGTERM or Ctrl-C."""
    from integration.kafka.out import run

    _work(config, "out", run)


@kafka.command(name="in")
def inward(config: Config) -> None:
    """Publish what systems put into the outbox topics, each draft once. Until SIGTERM or Ctrl-C.

    What can't be published goes to a dead-letter topic with the reason. Several may run at once.
    """
    from integration.kafka.inward import run

    _work(config, "in", run)


def _work(
    file: Path,
    direction: "Direction",
    run: "Callable[[BridgeConfig, Meter, threading.Event], None]",
) -> None:
    import signal
    import threading

    from gateway import memory
    from integration.kafka.metrics import Meter
    from integration.kafka.sessions import again_and_again
    from integration.kafka.setting_up import require_good
    from integration.logs import to_stderr

    to_stderr()
    settings, stop = _load(file), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    meter = Meter(settings.id, direction)
    with _ending():
        if settings.metrics:
            meter.serve(settings.metrics)
        memory.for_batches()
        again_and_again(lambda: require_good(settings, direction), meter, stop)
        run(settings, meter, stop)


def _load(file: Path) -> "BridgeConfig":
    from gateway.settings_file import ConfigError
    from integration.kafka.config import load

    try:
        return load(file)
    except ConfigError as error:
        fail(str(error), BAD_INPUT)


@contextmanager
def _ending() -> Iterator[None]:
    from integration.kafka.errors import Away, Halted

    try:
        yield
    except Away as error:
        fail(f"{error}; check `brokers` and that they run", UNREACHABLE)
    except Halted as error:
        fail(str(error), REFUSED)
    except OSError as error:
        fail(f"{error.filename or 'metrics'}: {error.strerror}; check the configuration", BAD_INPUT)
