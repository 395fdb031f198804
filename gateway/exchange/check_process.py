"""A process that checks batches for a gateway.

It reads and answers frames on its standard input, a socket, and ends when that closes, so never
outlives the gateway. What travels are marshalled plain values; both ends run the same program.
"""

import json
import marshal
import signal
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from gateway import memory
from gateway.config import Client, Limits
from gateway.errors import GatewayError, by_name
from gateway.exchange.access import Access, Caller
from gateway.exchange.checking import Checked, CheckedDraft, Checker
from gateway.exchange.salts import salts
from gateway.log.sealing import Prepared, SealedPart
from schemas import rules
from schemas.states.steps import Step

_LENGTH = 8
READY = "ready"


def settings(participant: str, clients: Sequence[Client], limits: Limits) -> bytes:
    """The first frame that a checking process gets."""
    content = {
        "participant": participant,
        "clients": [client.model_dump(mode="json") for client in clients],
        "limits": limits.model_dump(mode="json"),
    }
    return json.dumps(content).encode()


def send(connection: socket.socket, value: Any) -> None:
    """Sends one frame. Raises OSError."""
    data = marshal.dumps(value)
    connection.sendall(len(data).to_bytes(_LENGTH, "big"))
    connection.sendall(data)


def receive(connection: socket.socket) -> Any:
    """Reads one frame. Raises OSError, or EOFError at the end."""
    size = int.from_bytes(_exactly(connection, _LENGTH), "big")
    return marshal.loads(_exactly(connection, size))


def _exactly(connection: socket.socket, size: int) -> bytearray:
    data, got = bytearray(size), 0
    view = memoryview(data)
    while got < size:
        count = connection.recv_into(view[got:])
        if not count:
            raise EOFError("the other end has closed")
        got += count
    return data


def pack(checked: Checked) -> tuple[Any, ...]:
    """A result as plain values."""
    if isinstance(checked, GatewayError):
        return type(checked).__name__, checked.message, checked.fields, checked.metadata
    type_name, before, behind, parts = checked.content
    step = checked.step and tuple(checked.step)
    sealed = tuple(map(tuple, parts)) if parts else ()
    return (*checked[:-2], step, (type_name, before, behind, sealed))


def unpack(values: tuple[Any, ...]) -> Checked:
    """The other way."""
    if len(values) == len(CheckedDraft._fields):
        message_id, digest, entity_id, revision, priority, step, content = values
        type_name, before, behind, parts = content
        sealed = tuple(SealedPart(*part) for part in parts)
        prepared = Prepared(type_name, before, behind, sealed)
        taken = step and Step(*step)
        return CheckedDraft(message_id, digest, entity_id, revision, priority, taken, prepared)
    name, message, fields, metadata = values
    return by_name(name)(message, fields=fields, **metadata)


def main() -> None:
    """Checks until the gateway closes the socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the gateway
    with socket.socket(fileno=0) as connection:
        try:
            _serve(connection)
        except (EOFError, OSError):
            return


def _serve(connection: socket.socket) -> None:
    given = json.loads(receive(connection))
    clients = [Client.model_validate(client) for client in given["clients"]]
    access = Access(given["participant"], clients, ())
    checker = Checker(given["participant"], access, Limits.model_validate(given["limits"]))
    fresh = salts()
    rules.get_ready()
    memory.for_batches()
    send(connection, READY)
    while True:
        participant, system, seconds, drafts = receive(connection)
        now = datetime.fromtimestamp(seconds, UTC)
        checked = checker.check_all(Caller(participant, system), drafts, now, fresh)
        send(connection, [pack(result) for result in checked])


if __name__ == "__main__":
    main()
