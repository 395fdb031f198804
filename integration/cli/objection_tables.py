"""Objections for people, Chinese first, and for programs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console
from rich.table import Column, Table

from integration.cli.tables import line
from integration.objections import GROUNDS, RAISED, STEPS, Thread, ground_word, threads
from schemas.instants import BEIJING
from schemas.json_form import to_json
from yrd.coordination.v1.dialogue_pb2 import ObjectionStep
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.exchange.v1.service_pb2 import Accepted

_OPEN = "待答复 open"


def print_said(draft: Draft, accepted: Accepted, as_json: bool) -> None:
    """A step that was accepted."""
    said = draft.objection
    objection_id = said.objection_id or draft.header.entity_id
    if as_json:
        _print_json(
            objectionId=objection_id, messageId=accepted.message_id, sequence=accepted.sequence
        )
        return
    print(f"异议 objection {objection_id}: {STEPS[said.step]}")
    print(f"accepted {accepted.message_id} as entry {accepted.sequence}")


def print_list(found: Sequence[Thread], me: str, as_json: bool) -> None:
    """Objections, one in a row."""
    if as_json:
        for thread in found:
            _print_json(**_summary(thread))
        return
    if not found:
        print("没有 none")
        return
    names = (
        "异议 objection",
        "双方 parties",
        "状态 state",
        "理由 ground",
        "报文与字段 about",
        "说明",
    )
    table = Table(*(Column(name, overflow="fold") for name in names), show_lines=True)
    for thread in found:
        said = (thread.newest_raised or thread.steps[0]).objection
        side = {
            thread.addressee: "请答复 yours to answer",
            thread.objector: "我方提出 raised by you",
        }
        table.add_row(
            thread.objection_id,
            f"{thread.objector} → {thread.addressee}\n{side.get(me, '')}".strip(),
            _state(thread),
            _ground(said.ground),
            f"{thread.message_id}\n{said.field_path}".strip(),
            said.statement,
        )
    Console().print(table)


def print_trace(
    thread: Thread,
    about: Message | None,
    corrections: Mapping[str, Message | None],
    as_json: bool,
) -> None:
    """All steps of one objection. Messages that are not here are None."""
    if as_json:
        _print_json(
            **_summary(thread),
            steps=[_message(step) for step in thread.steps],
            about=_message(about),
            corrections=[_message(found) for found in corrections.values() if found],
        )
        return
    print(f"异议 objection {thread.objection_id}: {_state(thread)}")
    print(f"提出方 objector {thread.objector} → 责任方 addressee {thread.addressee}")
    print(f"针对 about {_line(thread.message_id, about)}")
    print("步骤 steps (北京时间 Beijing time)")
    for number, step in enumerate(thread.steps, 1):
        _print_step(number, step)
    for message_id, found in corrections.items():
        print(f"更正 correction {_line(message_id, found)}")


def _print_step(number: int, step: Message) -> None:
    said, stamp = step.objection, step.stamp
    words = [STEPS.get(said.step, str(said.step))]
    if said.step == RAISED:
        words += [_ground(said.ground), said.field_path]
    print(
        f"{number:>3}  {_beijing(stamp.sealed_time)}  {stamp.origin}  {'  '.join(filter(None, words))}"
    )
    told = [said.statement, f"更正 corrected by {said.corrected_by}" if said.corrected_by else ""]
    for words_ in filter(None, told):
        print(f"     {words_}")
    print(
        f"     {step.header.message_id}  {stamp.origin}/{stamp.sequence}  "
        f"收到 received {_beijing(step.receipt.received_time)}"
    )


def print_at_message(objections: Iterable[Message]) -> None:
    """Objections to a message that was printed, on standard error."""
    for thread in threads(objections):
        said = (thread.newest_raised or thread.steps[0]).objection
        field = f" {said.field_path}" if said.field_path else ""
        print(
            f"异议 objection {thread.objection_id} ({thread.objector} → {thread.addressee}): "
            f"{_state(thread)}, {_ground(said.ground)}{field}: {said.statement}\n"
            f"    yrd objection trace {thread.objection_id}",
            file=sys.stderr,
        )
        for message_id in thread.corrections:
            print(f"    更正 corrected by {message_id}", file=sys.stderr)


def _state(thread: Thread) -> str:
    return _OPEN if thread.is_open else STEPS[thread.state]


def _ground(ground: int) -> str:
    word = ground_word(ground)
    return f"{GROUNDS[word]} {word}" if word else ""


def _line(message_id: str, found: Message | None) -> str:
    return (
        line(found).split(maxsplit=1)[1]
        if found
        else f"{message_id} (不在本网关 not at this gateway)"
    )


def _beijing(time: Timestamp) -> str:
    return time.ToDatetime(UTC).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _summary(thread: Thread) -> dict[str, Any]:
    said = (thread.newest_raised or thread.steps[0]).objection
    return {
        "objectionId": thread.objection_id,
        "state": ObjectionStep.Name(thread.state).removeprefix("OBJECTION_STEP_").lower(),
        "open": thread.is_open,
        "objector": thread.objector,
        "addressee": thread.addressee,
        "messageId": thread.message_id,
        "fieldPath": said.field_path,
        "ground": ground_word(said.ground),
        "statement": said.statement,
        "correctedBy": list(thread.corrections),
    }


def _message(found: Message | None) -> Any:
    return json.loads(to_json(found)) if found else None


def _print_json(**content: Any) -> None:
    print(json.dumps(content, ensure_ascii=False))
