"""yrd doctor: what is wrong, why it matters, what to do next."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.ending import ATTENTION, BAD_INPUT, OK, REFUSED, fail

if TYPE_CHECKING:
    from integration.doctor.finding import Level


def doctor(
    config: Annotated[Path, typer.Option(help="The gateway's YAML file; it may run or not.")],
    bridge: Annotated[Path | None, typer.Option(help="The Kafka bridge's YAML file.")] = None,
    page: Annotated[Path | None, typer.Option(help="The duty-room page's YAML file.")] = None,
    http: Annotated[Path | None, typer.Option(help="The HTTP door's YAML file.")] = None,
    pipeline: Annotated[
        Path | None, typer.Option(help="The pipeline's YAML file, or its folder.")
    ] = None,
    network: Annotated[
        bool, typer.Option(help="Ask peers, brokers and databases, or leave them alone.")
    ] = True,
    lang: Annotated[str, typer.Option(help="both, zh or en.")] = "both",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, in both languages.")] = False,
) -> None:
    """Look at everything that a gateway needs; say what is wrong, why it matters, and the next step.

    Configuration, store, disk, certificates, links to peers, clocks, versions, agreements, backups; Kafka,
    PostgreSQL and the pipeline where they are used. Changes nothing, and works while the gateway is down.
    Exit status 0 good, 4 attention, 1 trouble.
    """
    import json
    from datetime import UTC, datetime
    from typing import cast, get_args

    from gateway.config import ConfigError, load
    from integration.doctor.asked import Asked
    from integration.doctor.finding import worst
    from integration.doctor.run import examine
    from integration.doctor.showing import Language, lines, summary
    from integration.doctor.showing import as_json as told

    if lang not in get_args(Language):
        fail(f"--lang {lang!r}: one of {', '.join(get_args(Language))}", BAD_INPUT)
    language = cast("Language", lang)
    try:
        settings = load(config)
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    asked = Asked(settings, lambda: datetime.now(UTC), bridge, page, http, pipeline, network)
    found = []
    for finding in examine(asked):
        found.append(finding)
        for line in () if as_json else lines(finding, language):
            print(line, flush=True)
    if as_json:
        print(json.dumps(told(found), ensure_ascii=False, indent=1))
    else:
        print(summary(found, language))
    raise SystemExit(status_of(worst(found)))


def status_of(level: "Level") -> int:
    """The exit status that says it."""
    return {"good": OK, "attention": ATTENTION, "trouble": REFUSED}[level.value]
