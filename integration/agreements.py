"""Agreements for the `yrd` command: read from files, from a gateway, or from its store."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from client import ExchangeClient
from gateway.agreements import read, samples_of
from gateway.audit.given import activations_in
from gateway.audit.reading import open_readonly
from gateway.config import GatewayConfig
from gateway.log.checkpoint import log_origin
from gateway.sharing.activation import TYPE, Activation, expected, in_force, of
from gateway.sharing.agreement import Loaded
from gateway.sharing.content import Content
from gateway.sharing.days import day_number
from gateway.sharing.decide import Timeline
from gateway.sharing.explain import Asked
from gateway.sharing.review import Finding, review
from gateway.store.as_file import as_file
from schemas.catalog import type_name
from schemas.message_ids import as_bytes
from yrd.exchange.v1.message_pb2 import Draft, Leaf, Message
from yrd.exchange.v1.service_pb2 import Filter


class NotFound(Exception):
    """What was asked for is not there; the text says what to do."""


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files named, and the *.yaml of the folders. Raises NotFound."""
    found = [
        file
        for path in paths
        for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])
    ]
    if not found:
        raise NotFound(
            f"{', '.join(map(str, paths))}: no *.yaml here; name files, or another folder"
        )
    return found


def _finding(source: str, line: str) -> Finding:
    key, _, text = line.removeprefix(f"{source}: ").partition(": ")
    return Finding("error", source, key, text.removeprefix("Value error, "))


def check(files: Iterable[Path], today: date) -> tuple[int, list[Finding]]:
    """Number of agreements that can be used, and everything found in all of them."""
    loaded, problems = read(files)
    found = [_finding(p.source, line) for p in problems for line in p.text.splitlines()]
    return len(loaded), found + review(loaded, today, samples_of)


@dataclass(frozen=True, slots=True)
class Case:
    """An entry, and the timeline of its log."""

    timeline: Timeline
    asked: Asked


def activations(client: ExchangeClient, origin: str) -> list[Activation]:
    """The activations in a log, as far as the gateway asked has them. Raises ExchangeError."""
    wanted = Filter(types=[TYPE], origins=[origin])
    return [
        of(
            message.stamp.sequence,
            message.header.message_id,
            message.agreement_activation,
            message.stamp.sealed_time.ToMicroseconds(),
        )
        for message in client.messages(wanted)
    ]


def from_gateway(client: ExchangeClient, message_id: str, peer: str) -> Case:
    """The case of a message, as a gateway has it. Raises ExchangeError."""
    message = client.get(message_id)
    origin, stamp = message.stamp.origin, message.stamp
    kind, day = type_name(message) or "", day_number(stamp.sealed_time.ToMicroseconds())
    asked = Asked(stamp.sequence, kind, day, peer, Content.of(_draft(message)))
    return Case(Timeline(origin, activations(client, origin)), asked)


def _draft(message: Message) -> Draft:
    bare = Message()
    bare.CopyFrom(message)
    bare.ClearField("stamp")
    bare.ClearField("receipt")
    return Draft.FromString(bare.SerializeToString())


def from_store(config: GatewayConfig, loaded: Sequence[Loaded], message_id: str, peer: str) -> Case:
    """The case of an own message, from the store; the gateway may run. Raises NotFound, StoreError."""
    own = log_origin(config.participant)
    with as_file(config.store, config.data_dir) as path:
        if not path.exists():
            raise NotFound(f"{path}: no store: the gateway has never run, or data_dir is wrong")
        connection = open_readonly(path)
        try:
            known = activations_in(connection, own)
            leaf = _leaf(connection, own, message_id)
        finally:
            connection.close()
    if leaf is None:
        raise NotFound(f"no message {message_id} in the log of {config.participant}; check the id")
    found = Leaf.FromString(leaf)
    day = day_number(found.stamp.sealed_time.ToMicroseconds())
    timeline = Timeline(config.participant, known, expected(in_force(known), loaded))
    return Case(timeline, Asked(found.stamp.sequence, found.type, day, peer, Content(leaf)))


def _leaf(connection: sqlite3.Connection, own: str, message_id: str) -> bytes | None:
    try:
        key = as_bytes(message_id)
    except ValueError:
        return None
    row = connection.execute(
        "SELECT e.leaf FROM naming n JOIN entry e ON e.offset = n.offset JOIN log l ON l.id = n.log "
        "WHERE n.message_id = ? AND l.origin = ?",
        (key, own),
    ).fetchone()
    return row[0] if row else None


def of_draft(draft: Draft, giver: str, loaded: Sequence[Loaded], peer: str, today: int) -> Case:
    """The case of a draft, as if it were sealed now under these agreements."""
    known = [
        Activation(-1, "", 0, a.id, a.between, b"", a) for a in (one.agreement for one in loaded)
    ]
    content = Content.of(draft)
    asked = Asked(0, content.leaf.type, today, peer, content)
    return Case(Timeline(giver, known), asked)
