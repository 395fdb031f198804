"""yrd publish, template, tail, get, list."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli import target
from integration.cli.ending import BAD_INPUT, OK, REFUSED, explain, fail, fail_exchange

if TYPE_CHECKING:
    from yrd.exchange.v1.message_pb2 import Draft, Message
    from yrd.exchange.v1.service_pb2 import Filter, PublishResult

AsJson = Annotated[bool, typer.Option("--json", help="As ProtoJSON, one object a line.")]
Types = Annotated[list[str] | None, typer.Option("--type", help="Full type name; repeatable.")]
Origins = Annotated[list[str] | None, typer.Option("--origin", help="Participant; repeatable.")]
Incidents = Annotated[list[str] | None, typer.Option("--incident", help="Entity id; repeatable.")]
Modes = Annotated[list[str] | None, typer.Option("--mode", help="actual, exercise or test.")]
BATCH = 500


def publish(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Drafts: .json, .jsonl, or .binpb (a PublishRequest). None: stdin, JSON."
        ),
    ] = None,
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    as_json: AsJson = False,
    binary: Annotated[
        bool, typer.Option("--binary", help="Standard input is a serialised PublishRequest.")
    ] = False,
) -> None:
    """Publish drafts. All are tried; exit status 1 if any was refused.

    Publishing the same draft again is harmless: a message is known by its message_id.
    """
    from client import ExchangeError
    from integration.drafts import DraftFileError, read_drafts

    client = target.client_for(folder, participant, address, certs, system)
    try:
        drafts = read_drafts(files or [], sys.stdin, binary=binary)
    except DraftFileError as error:
        fail(str(error), BAD_INPUT)
    refused = 0
    try:
        for start in range(0, len(drafts), BATCH):
            batch = drafts[start : start + BATCH]
            results = client.publish(batch)
            refused += sum(
                _print_result(d, r, as_json) for d, r in zip(batch, results, strict=True)
            )
    except ExchangeError as error:
        fail_exchange(error)
    raise SystemExit(REFUSED if refused else OK)


def _print_result(draft: "Draft", result: "PublishResult", as_json: bool) -> bool:
    """Prints one result; True if it is a refusal."""
    from client import describe
    from schemas.json_form import to_json

    if as_json:
        print(to_json(result))
    elif result.HasField("accepted"):
        accepted = result.accepted
        print(f"accepted {accepted.message_id} as entry {accepted.sequence}")
    else:
        print(
            f"refused {draft.header.message_id}: {explain(describe(result.error))}", file=sys.stderr
        )
    return result.HasField("error")


def template(
    kind: Annotated[
        str, typer.Argument(help="Field name of a body, such as incident_report.")
    ] = "",
    sample: Annotated[
        str, typer.Option("--sample", help="Which of the type's samples; minimal unless said.")
    ] = "minimal",
) -> None:
    """Print a valid draft with a fresh id, to be edited and published.

    It is one of the contract's samples (schemas/samples), in mode TEST.
    """
    from integration.templates import KINDS, make, samples_of
    from schemas.json_form import to_json

    if kind not in KINDS:
        fail(f"{kind!r}: one of {', '.join(KINDS)}", BAD_INPUT)
    found = samples_of(kind)
    if sample not in found:
        fail(f"--sample {sample!r}: one of {', '.join(found)}", BAD_INPUT)
    print(to_json(make(found[sample]), indent=2))
    chosen = found[sample]
    print(f"{chosen.about} For the gateway of {chosen.participant}.", file=sys.stderr)


def tail(
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    cursor: Annotated[str, typer.Option(help="Durable cursor to read from and to move.")] = "",
    types: Types = None,
    origins: Origins = None,
    incidents: Incidents = None,
    modes: Modes = None,
    follow: Annotated[bool, typer.Option(help="Wait for more.")] = True,
    as_json: AsJson = False,
) -> None:
    """Print messages as they come, in the order in which the gateway received them.

    After an outage that is not the order of their logs: what is urgent comes first. A message that
    was over when it came is marked 已过期 (expired).
    """
    from client import ExchangeError

    client = target.client_for(folder, participant, address, certs, system)
    wanted = message_filter(types, origins, incidents, modes)
    try:
        with client.subscribe(cursor=cursor, wanted=wanted, until_caught_up=not follow) as batches:
            for batch in batches:
                _print_messages(batch.messages, as_json)
                if cursor:
                    batches.acknowledge(batch.offset)
    except ExchangeError as error:
        fail_exchange(error)


def get(
    message_id: Annotated[str, typer.Argument(help="The message's id.")],
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    origin: Annotated[str, typer.Option(help="Only from this participant's log.")] = "",
) -> None:
    """Print one message as JSON, and objections to it (数据异议) on standard error."""
    from client import ExchangeError
    from schemas.json_form import to_json

    try:
        client = target.client_for(folder, participant, address, certs, system)
        found = client.get_with_objections(message_id, origin)
    except ExchangeError as error:
        fail_exchange(error)
    print(to_json(found.message, indent=2))
    if found.message.receipt.expired:
        print("已过期 expired before it was received: for the record only", file=sys.stderr)
    if found.objections:
        from integration.cli.objection_tables import print_at_message

        print_at_message(found.objections)


def list_messages(
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    types: Types = None,
    origins: Origins = None,
    incidents: Incidents = None,
    modes: Modes = None,
    as_json: AsJson = False,
) -> None:
    """List all messages that a gateway has, oldest first."""
    from client import ExchangeError

    client = target.client_for(folder, participant, address, certs, system)
    try:
        for message in client.messages(message_filter(types, origins, incidents, modes)):
            _print_messages([message], as_json)
    except ExchangeError as error:
        fail_exchange(error)


def _print_messages(messages: "Iterable[Message]", as_json: bool) -> None:
    from integration.cli.tables import line
    from schemas.json_form import to_json

    for message in messages:
        print(to_json(message) if as_json else line(message), flush=True)


def message_filter(
    types: list[str] | None,
    origins: list[str] | None,
    incidents: list[str] | None,
    modes: list[str] | None,
) -> "Filter":
    """What to read, from the options of a command; ends it for a mode that does not exist."""
    from yrd.exchange.v1.message_pb2 import Mode
    from yrd.exchange.v1.service_pb2 import Filter

    names = [f"MODE_{mode.upper()}" for mode in modes or ()]
    for name in names:
        if name not in dict(Mode.items()) or name == "MODE_UNSPECIFIED":
            fail(f"--mode {name[5:].lower()}: one of actual, exercise, test", BAD_INPUT)
    # the stubs know enum names as strings, too
    return Filter(types=types, origins=origins, incident_ids=incidents, modes=names)
