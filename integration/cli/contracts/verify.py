"""yrd contracts verify, yrd contracts prepare: tests of any gateway against the contract."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from integration.cli.contracts import app
from integration.cli.ending import BAD_INPUT, OK, REFUSED, UNREACHABLE, fail

if TYPE_CHECKING:
    from integration.kit.model import Case, Group

Folder = Annotated[
    Path | None, typer.Option("--certs", help="Folder made by `yrd contracts prepare`.")
]
Profile = Annotated[
    str, typer.Option(help="basic, access, peer or full; each has those before it.")
]
Only = Annotated[
    list[str] | None,
    typer.Option(help="A group, a case, or a pattern such as list/by-*; repeatable."),
]


@app.command()
def verify(
    target: Annotated[str, typer.Option(help="HOST:PORT of the gateway under test.")] = "",
    certs: Folder = None,
    profile: Profile = "full",
    only: Only = None,
    listing: Annotated[bool, typer.Option("--list", help="Show the cases and end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print results as JSON.")] = False,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML to this file, too.")] = None,
    known_failing: Annotated[
        Path | None, typer.Option(help="File with names of cases that are known to fail.")
    ] = None,
    explain: Annotated[str, typer.Option(help="Explain one case and end.")] = "",
    workers: Annotated[int, typer.Option(help="Cases at once.", min=1, max=64)] = 8,
    call_seconds: Annotated[float, typer.Option(help="How long a call may take.", min=1.0)] = 10.0,
    client: Annotated[
        bool, typer.Option("--client", help="Test a sender instead: be the gateway it sends to.")
    ] = False,
    listen: Annotated[
        str, typer.Option(help="With --client: HOST:PORT at which to be the gateway.")
    ] = "127.0.0.1:18443",
    script: Annotated[
        str, typer.Option(help="With --client: name of a script of faults, or a .yaml file.")
    ] = "all",
    seconds: Annotated[
        float | None, typer.Option(help="With --client: end after so many seconds.")
    ] = None,
    expect_messages: Annotated[
        int | None, typer.Option(help="With --client: end once so many messages have come.")
    ] = None,
) -> None:
    """Test any implementation of the gateway against the contract.

    Exit status 1 if a case ends otherwise than expected: one fails that is not known to, or one
    passes that is known to fail.
    """
    if client:
        wanted = {"script": script, "seconds": seconds, "expect_messages": expect_messages}
        _be_the_gateway(listen, certs, junit=junit, as_json=as_json, **wanted)
    groups, cases = _cases(profile, only or [])
    if explain:
        _explain(groups, explain)
    if listing:
        _list(cases, as_json=as_json)
    if not target or certs is None:
        fail("say which gateway: --target HOST:PORT and --certs DIR", BAD_INPUT)
    known = _known(known_failing, groups)
    if junit is not None and not junit.parent.is_dir():
        fail(f"--junit {junit}: there is no folder {junit.parent}; make it", BAD_INPUT)
    judged = _run(target, certs, cases, known, workers, call_seconds, quiet=as_json)
    _tell(judged, target, junit, as_json=as_json)
    raise SystemExit(OK if all(one.expected for one in judged) else REFUSED)


def _be_the_gateway(listen: str, certs: Path | None, **more: Any) -> NoReturn:
    """Client mode. Keyword arguments are those of integration.kit.client.run."""
    from integration.kit.client import run

    if certs is None:
        fail("--client needs --certs DIR, with the gateway's certificate", BAD_INPUT)
    raise SystemExit(run(listen=listen, certs=certs, **more))


def _cases(profile: str, only: list[str]) -> "tuple[tuple[Group, ...], list[Case]]":
    from integration.kit.model import PROFILES, CaseFileError
    from integration.kit.running import SelectionError, all_groups, selected

    if profile not in PROFILES:
        fail(f"--profile {profile!r}: one of {', '.join(PROFILES)}", BAD_INPUT)
    try:
        groups = all_groups()
        return groups, selected(groups, profile, only)
    except (CaseFileError, SelectionError) as error:
        fail(str(error), BAD_INPUT)


def _explain(groups: "tuple[Group, ...]", name: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    from integration.kit.explaining import explain
    from integration.kit.running import SelectionError, find_case

    try:
        text = explain(find_case(groups, name))
    except SelectionError as error:
        fail(str(error), BAD_INPUT)
    console = Console()
    console.print(Markdown(text) if console.is_terminal else text, markup=False, soft_wrap=True)
    raise SystemExit(OK)


def _list(cases: "list[Case]", *, as_json: bool) -> None:
    import json

    from rich.console import Console

    from integration.kit.report import print_list

    if as_json:
        names = [{"case": c.full_name, "profile": c.profile, "title": c.title} for c in cases]
        print(json.dumps(names, ensure_ascii=False, indent=1))
    else:
        print_list(cases, Console())
    raise SystemExit(OK)


def _known(path: Path | None, groups: "tuple[Group, ...]") -> dict[str, int]:
    from integration.kit.verdict import KnownFailingError, read_known_failing

    if path is None:
        return {}
    try:
        return read_known_failing(path, groups)
    except KnownFailingError as error:
        fail(str(error), BAD_INPUT)


def _run(
    target: str,
    certs: Path,
    cases: "list[Case]",
    known: dict[str, int],
    workers: int,
    seconds: float,
    *,
    quiet: bool,
) -> list[Any]:
    import sys

    from integration.kit.report import progress
    from integration.kit.running import bench_for, run_cases
    from integration.kit.setup import SetupError, load
    from integration.kit.target import Unreachable
    from integration.kit.verdict import judge

    try:
        with bench_for(target, load(certs), seconds) as bench:
            shown = sys.stderr.isatty() and not quiet
            with progress(len(cases), enabled=shown) as report:
                return judge(run_cases(bench, cases, report, workers), known)
    except SetupError as error:
        fail(str(error), BAD_INPUT)
    except Unreachable as error:
        fail(str(error), UNREACHABLE)


def _tell(judged: list[Any], target: str, junit: Path | None, *, as_json: bool) -> None:
    import json

    from rich.console import Console

    from integration.kit import junit as xml
    from integration.kit import report

    if as_json:
        print(json.dumps(report.as_json(judged), ensure_ascii=False, indent=1))
    else:
        report.print_results(judged, Console())
    if junit is not None:
        try:
            xml.write(junit, judged, target)
        except OSError as error:
            fail(f"--junit {junit}: {error.strerror}; check the path", BAD_INPUT)


@app.command()
def prepare(
    folder: Annotated[Path, typer.Argument(help="Folder to make; it must not exist or be empty.")],
    participant: Annotated[
        str,
        typer.Option(help="Participant whose gateway is tested: 310000, 320000, 330000, 340000."),
    ] = "310000",
    listen: Annotated[
        str, typer.Option(help="HOST:PORT at which the gateway under test listens.")
    ] = "127.0.0.1:18443",
    peer_address: Annotated[
        str, typer.Option(help="HOST:PORT at which the gateway under test finds the kit's peer.")
    ] = "127.0.0.1:18444",
    peer_listen: Annotated[
        str,
        typer.Option(help="HOST:PORT at which the kit's peer listens; --peer-address unless said."),
    ] = "",
    host: Annotated[
        list[str] | None,
        typer.Option(help="Name or address in the certificates of both; repeatable."),
    ] = None,
) -> None:
    """Make what a gateway is configured with to be tested: certificates, keys, agreements, README."""
    from integration.kit.prepare import Plan, PrepareError
    from integration.kit.prepare import prepare as make

    hosts = ("localhost", "127.0.0.1", *(host or ()))
    plan = Plan(participant, listen, peer_address, peer_listen or peer_address, hosts)
    try:
        make(folder, plan)
    except PrepareError as error:
        fail(str(error), BAD_INPUT)
    print(f"made {folder}; {folder / 'README.md'} says what to configure")
