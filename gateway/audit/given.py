"""What a peer was given of an own entry, as the agreements decided, for an account of the exchange."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.agreements import load_agreements
from gateway.audit.reading import Task, read_chunk
from gateway.config import GatewayConfig
from gateway.log.checkpoint import log_origin
from gateway.log.sealing import SealError
from gateway.sharing.activation import Activation, expected, in_force, read
from gateway.sharing.content import Content
from gateway.sharing.days import day_number
from gateway.sharing.decide import Decision, Kind, Timeline
from yrd.exchange.v1.message_pb2 import Leaf


@dataclass(frozen=True, slots=True)
class Given:
    """`then`: what the peer was entitled to at the entry's place; `now`: what it would be sent today."""

    then: Decision
    now: Decision


class Giving:
    """Decides for one peer, by the activations in the own log and by the files as they are."""

    def __init__(self, config: GatewayConfig, peer: str, connection: sqlite3.Connection) -> None:
        """Raises ConfigError if the agreements can't be read."""
        activations = activations_in(connection, log_origin(config.participant))
        now = expected(in_force(activations), load_agreements(config.agreements_dir))
        self._timeline, self._peer = Timeline(config.participant, activations, now), peer

    def __call__(self, leaf: Leaf) -> Given:
        """The decision on an entry of the own log."""
        day = day_number(leaf.stamp.sealed_time.ToMicroseconds())
        place = self._timeline.place(leaf.stamp.sequence)
        answer = self._timeline.answer(Kind(place, leaf.type, day), self._peer)
        content = Content(leaf.SerializeToString())
        return Given(answer.at_place(content), answer.of(content))


def activations_in(connection: sqlite3.Connection, own: str) -> Sequence[Activation]:
    """The activations that a store has of its own log, in order; what is damaged is left out."""
    row = connection.execute("SELECT id FROM log WHERE origin = ?", (own,)).fetchone()
    found = []
    log = row[0] if row else 0
    query = "SELECT idx FROM activation WHERE log = ? ORDER BY idx"
    for (index,) in connection.execute(query, (log,)).fetchall():
        chunk = read_chunk(connection, Task(own, log, True, index, index + 1), {})
        for entry in chunk.rows:
            parts = [part.data for part in chunk.parts.get(entry.offset, ())]
            try:
                found.append(read(index, entry.leaf or b"", parts, entry.received))
            except SealError:
                continue  # damaged: `yrd audit verify` says so, and it gives nothing
    return found
