"""How a sender connects, as whom, and how it uses calls."""

from collections.abc import Iterator

from integration.kit.client.events import Connection, Ended, Events, Opening
from integration.kit.client.rules.sighting import Sighting, clock
from integration.kit.client.script import Script

MOST_DRAFTS = 1000
MANY_REQUESTS = 100


def plaintext(events: Events, _: Script) -> Iterator[Sighting]:
    """Connections without TLS."""
    for connection in events.connections:
        if connection.opening in (Opening.PLAINTEXT, Opening.OTHER):
            what = "HTTP/2 in plain text" if connection.opening is Opening.PLAINTEXT else "no TLS"
            example = f"connection {connection.number} {clock(connection.opened)}"
            yield Sighting("client.plaintext", f"a connection that spoke {what}", example)


def certificate(events: Events, _: Script) -> Iterator[Sighting]:
    """Certificates that name nobody, and handshakes that failed for the sender's certificate."""
    for denied in events.denied:
        if denied.reason == "IDENTITY_UNKNOWN":
            example = f"{denied.method} {clock(denied.at)}"
            yield Sighting("client.certificate", denied.message, example)
    for connection in events.connections:
        if _in_vain(connection, events) and connection.ended is Ended.BY_GATEWAY:
            seen = "no certificate, or none of this gateway's authority: the handshake failed"
            example = f"connection {connection.number} {clock(connection.opened)}"
            yield Sighting("client.certificate", seen, example)


def trust(events: Events, _: Script) -> Iterator[Sighting]:
    """Nothing but connections that the sender closed before it made a call."""
    if any(c.ended is Ended.BY_GATEWAY for c in events.connections) or events.called:
        return
    for connection in events.connections:
        if _in_vain(connection, events) and connection.ended is Ended.BY_SENDER:
            example = f"connection {connection.number} {clock(connection.opened)}"
            yield Sighting("client.no_call", "closed by the sender before any call", example)


def _in_vain(connection: Connection, events: Events) -> bool:
    """Whether it began with TLS, and no call came of it."""
    return connection.opening is Opening.TLS and connection.number not in events.called


def permitted(events: Events, _: Script) -> Iterator[Sighting]:
    """Systems that may not call here."""
    for denied in events.denied:
        if denied.reason == "NOT_PERMITTED":
            example = f"{denied.method} {clock(denied.at)}"
            yield Sighting("client.not_permitted", denied.message, example)


def batches(events: Events, _: Script) -> Iterator[Sighting]:
    """Batches that are too large, or never more than one draft."""
    for request in events.requests:
        if len(request.drafts) > MOST_DRAFTS:
            example = f"request {request.number} {clock(request.at)}: {len(request.drafts)} drafts"
            yield Sighting("client.batch_size", f"more than {MOST_DRAFTS} drafts", example)
    unary = [r for r in events.requests if r.method == "Publish"]
    if len(unary) >= MANY_REQUESTS and all(len(r.drafts) == 1 for r in unary):
        yield Sighting("client.batch_of_one", f"{len(unary)} calls of Publish with one draft each")


def streams(events: Events, _: Script) -> Iterator[Sighting]:
    """Streams that were dropped instead of closed."""
    for stream in events.streams:
        if stream.how == "cancelled":
            example = f"call {stream.call} {clock(stream.at)}"
            yield Sighting("client.stream_not_closed", "a PublishStream was dropped", example)


RULES = (plaintext, certificate, trust, permitted, batches, streams)
