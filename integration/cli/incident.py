"""yrd incident: merge, split, withdraw (联合事件合并、拆分)."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli import target
from integration.cli.ending import BAD_INPUT, REFUSED, explain, fail, fail_exchange

if TYPE_CHECKING:
    from client import ExchangeClient
    from yrd.exchange.v1.message_pb2 import Draft, Message
    from yrd.situation.v1.decision_pb2 import IncidentDecisionKind

app = typer.Typer(
    help="联合事件 · Decide which incidents are one event and which are not.",
    no_args_is_help=True,
)
Incident = Annotated[str, typer.Argument(help="An incident: ENTITY_ID, or PARTICIPANT:ENTITY_ID.")]
Others = Annotated[list[str], typer.Argument(help="The other incidents, named in the same way.")]
Reason = Annotated[str, typer.Option(help="Why, in words (理由).")]
Post = Annotated[str, typer.Option(help="Duty post that decides (值班岗位).")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


@app.callback()
def group() -> None:
    """联合事件 · Decide which incidents are one event and which are not."""


@app.command()
def merge(
    incident: Incident,
    others: Others,
    reason: Reason,
    post: Post,
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    as_json: AsJson = False,
) -> None:
    """合并 · These incidents are one event.

    A province decides on incidents of its own, the joint duty room on all. The decision's id is printed.
    """
    from integration.incident_decisions import MERGE

    client = target.client_for(folder, participant, address, certs, system)
    me = target.participant_for(folder, participant, certs, system)
    _decide(client, me, MERGE, [incident, *others], reason, post, as_json)


@app.command()
def split(
    incident: Incident,
    others: Others,
    reason: Reason,
    post: Post,
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    as_json: AsJson = False,
) -> None:
    """拆分 · The first incident is not one event with the others, whatever links or nearness say.

    Of what a province names, its own incident counts as the first. The decision's id is printed.
    """
    from integration.incident_decisions import SPLIT

    client = target.client_for(folder, participant, address, certs, system)
    me = target.participant_for(folder, participant, certs, system)
    _decide(client, me, SPLIT, [incident, *others], reason, post, as_json)


@app.command()
def withdraw(
    decision_id: Annotated[str, typer.Argument(help="The decision's id, as it was printed.")],
    reason: Reason,
    post: Post,
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    as_json: AsJson = False,
) -> None:
    """撤销 · A decision of yours no longer holds: links and nearness say again what is one event."""
    from integration.incident_decisions import TYPE, DecisionError, withdrawing

    client = target.client_for(folder, participant, address, certs, system)
    me = target.participant_for(folder, participant, certs, system)
    told = _told(client, TYPE)
    try:
        draft = withdrawing(me, decision_id, told, reason, post, _now_ms())
    except DecisionError as error:
        fail(str(error), BAD_INPUT)
    _publish(client, draft, as_json)


def _decide(
    client: "ExchangeClient",
    me: str,
    kind: "IncidentDecisionKind",
    named: list[str],
    reason: str,
    post: str,
    as_json: bool,
) -> None:
    from integration.incident_decisions import DecisionError, deciding, report_of

    told = _told(client, "yrd.incident.v1.IncidentReport")
    try:
        reports = [report_of(name, told) for name in dict.fromkeys(named)]
        draft = deciding(me, kind, reports, reason, post, _now_ms())
    except DecisionError as error:
        fail(str(error), BAD_INPUT)
    _publish(client, draft, as_json)


def _told(client: "ExchangeClient", type_name: str) -> "list[Message]":
    from client import ExchangeError
    from yrd.exchange.v1.service_pb2 import Filter

    try:
        return list(client.messages(Filter(types=[type_name])))
    except ExchangeError as error:
        fail_exchange(error)


def _publish(client: "ExchangeClient", draft: "Draft", as_json: bool) -> None:
    import json

    from client import ExchangeError, describe
    from integration.incident_decisions import WORDS

    try:
        (result,) = client.publish([draft])
    except ExchangeError as error:
        fail_exchange(error)
    if result.HasField("error"):
        fail(explain(describe(result.error)), REFUSED)
    decision_id, accepted = draft.header.entity_id, result.accepted
    if as_json:
        told = {"decisionId": decision_id, "messageId": accepted.message_id}
        print(json.dumps(told | {"sequence": accepted.sequence}))
        return
    print(f"决定 decision {decision_id}: {WORDS[draft.incident_decision.kind]}")
    print(f"accepted {accepted.message_id} as entry {accepted.sequence}")


def _now_ms() -> int:
    return int(time.time() * 1000)
