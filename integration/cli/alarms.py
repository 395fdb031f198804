"""yrd alarms: what peers did against the rules of their logs, and what became of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli import target
from integration.cli.ending import BAD_INPUT, OK, REFUSED, fail, fail_exchange

if TYPE_CHECKING:
    from yrd.exchange.v1.service_pb2 import Alarm, ReportMissingResponse

app = typer.Typer(help="Alarms about peers: list them, look at the evidence, settle them.")
Number = Annotated[int, typer.Argument(help="Number of the alarm, from the list.")]
KINDS = {
    "fork": "分叉 two trees that contradict each other",
    "rollback": "回滚 a log shorter than what was signed",
    "replay": "重放 an entry or checkpoint of another log or place",
    "forged_checkpoint": "伪造检查点 a signature missing or false",
    "missing_entry": "漏送 something that should have been sent",
    "time": "时钟偏差 a clock that is off",
    "erasure": "销毁越权 a notice that asks to destroy what is not its origin's to destroy",
    "retention": "每日销毁失败 the daily run of the own retention policy failed",
}


@app.callback(invoke_without_command=True)
def alarms(
    context: typer.Context,
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    everything: Annotated[bool, typer.Option("--all", help="Those that are settled, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As ProtoJSON, one a line.")] = False,
) -> None:
    """List the alarms that nobody has settled, oldest first. Exit status 1 if there are any."""
    if context.invoked_subcommand is not None:
        return
    from client import ExchangeError
    from schemas.json_form import to_json

    try:
        client = target.client_for(folder, participant, address, certs, system)
        found = list(client.alarms(unsettled=not everything))
    except ExchangeError as error:
        fail_exchange(error)
    for alarm in found:
        print(to_json(alarm) if as_json else line(alarm))
    if not (found or as_json):
        print("没有未处理的告警 · no alarms" if not everything else "没有告警 · no alarms")
    raise SystemExit(REFUSED if any(not a.settled_note for a in found) else OK)


@app.command()
def show(
    number: Number,
    out: Annotated[Path, typer.Option(help="New folder for the evidence, as files.")],
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
) -> None:
    """Write the evidence of an alarm into a folder: signed checkpoints as text, the leaf, proofs."""
    from client import ExchangeError
    from integration.alarm_files import write

    try:
        client = target.client_for(folder, participant, address, certs, system)
        alarm = next((a for a in client.alarms() if a.number == number), None)
    except ExchangeError as error:
        fail_exchange(error)
    if alarm is None:
        fail(f"there is no alarm {number}: list them with `yrd alarms --all`", REFUSED)
    print(line(alarm))
    try:
        for path in write(alarm, out):
            print(f"  {path}")
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; choose a new folder with --out", BAD_INPUT)


@app.command()
def settle(
    number: Number,
    note: Annotated[
        str, typer.Option(help="What was found and done, for those who read it later.")
    ],
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
) -> None:
    """Say that an alarm has been dealt with; the link that it closed goes on at once.

    Needs the role security. If the cause is still there, the link closes again with a new alarm.
    """
    from client import ExchangeError

    try:
        client = target.client_for(folder, participant, address, certs, system)
        print(line(client.settle(number, note)))
    except ExchangeError as error:
        fail_exchange(error)


@app.command()
def report_missing(
    evidence: Annotated[
        Path, typer.Argument(help="Folder made by `yrd evidence export` elsewhere.")
    ],
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    as_json: Annotated[bool, typer.Option("--json", help="The answer as ProtoJSON.")] = False,
) -> None:
    """Show the gateway an entry that a peer gave it as a hash alone, or without disclosure groups (漏送).

    The folder is one that somebody else exported; if only groups are not here, it may be this gateway's
    own. The gateway decides by what it holds of the peer's log itself: the hash, the disclosures, the
    activations of agreements and the erasure notices. If a clause gave what is not here then and ever
    since, the alarm missing_entry is raised and the link to that peer closes until it is settled. Each
    group that is not here is listed with the clauses that disclose it, or with why it was not due. Exit
    status 1 if nothing was due, or the report is refused. Needs the role auditor.
    """
    from client import ExchangeError
    from integration.evidence.folder import FolderError, read
    from schemas.json_form import to_json

    try:
        found = read(evidence).evidence
        client = target.client_for(folder, participant, address, certs, system)
        answer = client.report_missing(found.leaf, found.proof)
    except FolderError as error:
        fail(str(error), BAD_INPUT)
    except ExchangeError as error:
        fail_exchange(error)
    print(to_json(answer) if as_json else "\n".join(outcome(answer)))
    raise SystemExit(REFUSED if answer.not_due else OK)


def outcome(answer: "ReportMissingResponse") -> Iterator[str]:
    """What became of a report, in lines: the alarm or why there is none, then group by group."""
    if answer.not_due:
        yield f"不属漏送 not due: {answer.not_due}"
    else:
        yield line(answer.alarm)
        yield f"  依据 given by {', '.join(answer.clauses)}"
    for absent in answer.groups:
        if absent.not_due:
            yield f"  {absent.group} 不应送 not due: {absent.not_due}"
        else:
            yield f"  {absent.group} 漏送 left out, disclosed by {', '.join(absent.clauses)}"


def line(alarm: "Alarm") -> str:
    """An alarm in one line."""
    settled = f" · 已处理 settled by {alarm.settled_by}: {alarm.settled_note}"
    return (
        f"{alarm.number:>4} {alarm.time.ToJsonString()} {alarm.log_origin} "
        f"{KINDS.get(alarm.kind, alarm.kind)} [{alarm.kind}]: {alarm.detail}"
        f"{settled if alarm.settled_note else ''}"
    )
