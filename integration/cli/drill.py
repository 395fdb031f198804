"""yrd drill: replays a scenario on a stack of its own."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.ending import BAD_INPUT, REFUSED, fail

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration.drill.scenario import Scenario, ScenarioInfo
    from integration.drill.setting import Setting


def drill(
    scenario: Annotated[str, typer.Argument(help="Name, or folder of a scenario.")] = "infa_2021",
    list_them: Annotated[bool, typer.Option("--list", help="List the scenarios.")] = False,
    by_hour: Annotated[
        bool, typer.Option("--hours", help="Only show the picture of each hour; no gateways.")
    ] = False,
    keep: Annotated[bool, typer.Option(help="Leave it running, and keep its folder.")] = False,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", help="Write results, or the list, to this file; - prints."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Folder to use; default: a scratch one.")
    ] = None,
    engines: Annotated[
        bool,
        typer.Option(
            "--engines",
            help="Stores in PostgreSQL, messages through Kafka, pipelines on Flink; started from what "
            "`make engines` fetched, unless named:",
        ),
    ] = False,
    postgres: Annotated[
        str, typer.Option(help="With --engines: DSN of a role that may create databases.")
    ] = "",
    kafka: Annotated[str, typer.Option(help="With --engines: HOST:PORT of a broker.")] = "",
    flink: Annotated[
        str, typer.Option(help="With --engines: HOST:PORT of a session cluster's REST interface.")
    ] = "",
) -> None:
    """Replay a scenario: five gateways, the pipeline, checks, a report.

    Exit status 0 only if every check held; otherwise the checks that failed are named.
    """
    from integration.drill.reading import ScenarioError
    from integration.drill.run import run_drill
    from integration.drill.scenario import load, scenarios
    from integration.drill.setting import DrillError

    if json_file is not None:
        from integration.json_file import require_writable

        try:
            require_writable(json_file)
        except OSError as error:
            fail(f"{error.filename}: {error.strerror}; check --json", BAD_INPUT)
    if list_them:
        _list(scenarios(), json_file)
        return
    try:
        if by_hour:
            _hours(load(scenario), json_file)
            return
        chosen = load(scenario)
        place = _place(chosen, engines, postgres, kafka, flink)
        passed = run_drill(chosen, keep=keep, json_file=json_file, folder=folder, place=place)
    except ScenarioError as error:
        fail(str(error), BAD_INPUT)
    except DrillError as error:
        fail(str(error), REFUSED)
    raise SystemExit(0 if passed else REFUSED)


def _place(
    scenario: "Scenario", engines: bool, postgres: str, kafka: str, flink: str
) -> "Callable[[Path], Setting]":
    from functools import partial

    from integration.drill.setting import Embedded

    if not engines:
        if postgres or kafka or flink:
            fail("--postgres, --kafka and --flink go with --engines: add it", BAD_INPUT)
        return Embedded
    from gateway.store.opening import require_driver
    from gateway.store.port import StoreError
    from integration.drill.engines.places import Addresses

    try:
        require_driver()
    except StoreError as error:
        fail(str(error), BAD_INPUT)
    from integration.drill.engines.on_engines import OnEngines, busiest

    named = Addresses(postgres, kafka, flink)
    return partial(OnEngines, province=busiest(scenario.steps), named=named)


def _hours(scenario: "Scenario", json_file: Path | None) -> None:
    from integration import json_file as output
    from integration.drill.hours import hours, text

    found = list(hours(scenario))
    if json_file is not None:
        output.write(json_file, [hour.as_json() for hour in found])
        return
    for hour in found:
        if hour.told or hour.happened:
            print(text(hour))


def _list(found: "list[ScenarioInfo]", json_file: Path | None) -> None:
    from dataclasses import asdict

    from integration import json_file as output

    if json_file is not None:
        output.write(json_file, [asdict(info) for info in found])
        return
    for info in found:
        print(f"{info.name:<16} {info.title_zh}  {info.title_en}")
