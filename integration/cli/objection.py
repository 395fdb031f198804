"""yrd objection: raise, answer, take back, list, trace (数据异议)."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli import target
from integration.cli.ending import BAD_INPUT, REFUSED, explain, fail, fail_exchange

if TYPE_CHECKING:
    from client import ExchangeClient
    from integration.objections import Thread
    from yrd.exchange.v1.message_pb2 import Draft, Message

app = typer.Typer(
    help="数据异议 · Object to a datum of another participant, answer, and see what became of it.",
    no_args_is_help=True,
)
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, one object a line.")]
ObjectionId = Annotated[
    str, typer.Argument(help="The objection's id, as `yrd objection list` shows.")
]
Statement = Annotated[str, typer.Option(help="In words; needed to reject.")]


@app.callback()
def group() -> None:
    """数据异议 · Object to a datum of another participant, answer, and see what became of it."""


@dataclass(frozen=True, slots=True)
class Post:
    """The gateway that a command talks to, and the participant as whom."""

    client: "ExchangeClient"
    me: str

    def threads(self) -> "list[Thread]":
        """All objections that the gateway knows of. Ends the command if it can't be asked."""
        from client import ExchangeError
        from integration.objections import TYPE, threads
        from yrd.exchange.v1.service_pb2 import Filter

        try:
            return threads(self.client.messages(Filter(types=[TYPE])))
        except ExchangeError as error:
            fail_exchange(error)

    def thread(self, objection_id: str) -> "Thread":
        """One objection. Ends the command if there is none, or several of that name."""
        found = [thread for thread in self.threads() if thread.objection_id == objection_id]
        if not found:
            fail(
                f"no objection {objection_id!r} here: see `yrd objection list --all` for those that this "
                "gateway knows of",
                REFUSED,
            )
        mine = [thread for thread in found if self.me in (thread.objector, thread.addressee)]
        return (mine or found)[0]

    def get(self, message_id: str, origin: str = "") -> "Message":
        """A message. Ends the command if there is none."""
        from client import ExchangeError

        try:
            return self.client.get(message_id, origin)
        except ExchangeError as error:
            fail_exchange(error)

    def find(self, message_id: str, origin: str = "") -> "Message | None":
        """A message, or None where there is none that this participant may know of."""
        from client import ExchangeError

        try:
            return self.client.get(message_id, origin)
        except ExchangeError as error:
            if error.reason != "MESSAGE_NOT_FOUND":
                fail_exchange(error)
            return None

    def say(self, draft: "Draft", as_json: bool) -> None:
        """Publishes a step and prints how it went. Ends the command if it was refused."""
        from client import ExchangeError, describe
        from integration.cli.objection_tables import print_said

        try:
            (result,) = self.client.publish([draft])
        except ExchangeError as error:
            fail_exchange(error)
        if result.HasField("error"):
            fail(explain(describe(result.error)), REFUSED)
        print_said(draft, result.accepted, as_json)


def _post(
    folder: Path | None, participant: str, address: str, certs: Path | None, system: str
) -> Post:
    client = target.client_for(folder, participant, address, certs, system)
    return Post(client, target.participant_for(folder, participant, certs, system))


def _now_ms() -> int:
    return int(time.time() * 1000)


@app.command("raise")
def raise_(
    message_id: Annotated[str, typer.Argument(help="The message that is wrong.")],
    ground: Annotated[
        str,
        typer.Option(
            help="不准确 incorrect, 已过时 outdated, 不完整 incomplete, 重复 duplicate, "
            "非本方职责 competence, 不应共享 disclosure."
        ),
    ],
    statement: Annotated[str, typer.Option(help="What is wrong, and what is right, in words.")],
    field: Annotated[
        str,
        typer.Option(
            "--field", help="Which field, such as incident_report.casualties.dead; else all of it."
        ),
    ] = "",
    origin: Annotated[str, typer.Option(help="The message in this participant's log.")] = "",
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    as_json: AsJson = False,
) -> None:
    """提出异议 · Object to a message of another participant.

    The objection goes to that participant, whether an agreement names the type or not. Its id is printed.
    """
    from integration.objections import ObjectionError, raising

    post = _post(folder, participant, address, certs, system)
    found = post.get(message_id, origin)
    try:
        draft = raising(found, post.me, ground, statement, field, _now_ms())
    except ObjectionError as error:
        fail(str(error), BAD_INPUT)
    post.say(draft, as_json)


@app.command()
def answer(
    objection_id: ObjectionId,
    uphold: Annotated[
        bool | None, typer.Option("--uphold/--reject", help="成立 or 不成立: one of the two.")
    ] = None,
    statement: Statement = "",
    corrected_by: Annotated[
        str,
        typer.Option(
            help="With --uphold: your message that corrects the datum; can be told later."
        ),
    ] = "",
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    as_json: AsJson = False,
) -> None:
    """答复异议 · Uphold or reject an objection to a datum of yours.

    What is upheld can be upheld once more, to name the message that corrects it.
    """
    from integration.objections import ObjectionError, answering, require_correction

    if uphold is None:
        fail("say --uphold or --reject", BAD_INPUT)
    post = _post(folder, participant, address, certs, system)
    thread = post.thread(objection_id)
    try:
        draft = answering(thread, post.me, uphold, statement, corrected_by, _now_ms())
        if corrected_by:
            require_correction(thread, post.get(corrected_by))
    except ObjectionError as error:
        fail(str(error), BAD_INPUT)
    post.say(draft, as_json)


@app.command("take-back")
def take_back(
    objection_id: ObjectionId,
    statement: Annotated[str, typer.Option(help="Why, in words.")] = "",
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    as_json: AsJson = False,
) -> None:
    """撤回异议 · Take an objection of yours back."""
    from integration.objections import ObjectionError, taking_back

    post = _post(folder, participant, address, certs, system)
    try:
        draft = taking_back(post.thread(objection_id), post.me, statement, _now_ms())
    except ObjectionError as error:
        fail(str(error), BAD_INPUT)
    post.say(draft, as_json)


@app.command("list")
def list_(
    every: Annotated[
        bool, typer.Option("--all", help="Also those that are settled, and those of others.")
    ] = False,
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    as_json: AsJson = False,
) -> None:
    """列出异议 · List open objections: those you owe an answer, and those you raised."""
    from integration.cli.objection_tables import print_list

    post = _post(folder, participant, address, certs, system)
    found = [
        thread
        for thread in post.threads()
        if every or (thread.is_open and post.me in (thread.objector, thread.addressee))
    ]
    print_list(found, post.me, as_json)


@app.command()
def trace(
    objection_id: ObjectionId,
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    as_json: AsJson = False,
) -> None:
    """追溯异议 · Show every step of both sides, the message objected to, and what corrects it."""
    from integration.cli.objection_tables import print_trace

    post = _post(folder, participant, address, certs, system)
    thread = post.thread(objection_id)
    about = post.find(thread.message_id, thread.addressee)
    corrections = {
        message_id: post.find(message_id, thread.addressee) for message_id in thread.corrections
    }
    print_trace(thread, about, corrections, as_json)
