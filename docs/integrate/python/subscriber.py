"""Reads messages of all participants from the own participant's gateway; prints a line for each.

Goes on where it stopped, after a cut of the connection and after a crash of its own. Exit status: 0
ended in order, 2 bad usage or bad file, 3 gateway not usable.
"""

import argparse
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import grpc

import refusal
import target
from ledger import Ledger
from yrd.exchange.v1 import service_pb2, service_pb2_grpc
from yrd.exchange.v1.message_pb2 import Message

CALL_SECONDS = 30.0
# So many of the largest messages, 1 MiB each, stay under the 32 MiB that we receive at once.
MAX_BATCH = 30


class Subscriber:
    """Reads at a cursor that the gateway keeps for us under a name."""

    def __init__(self, channel: grpc.Channel, ledger: Ledger, cursor: str, once: bool) -> None:
        self._exchange = service_pb2_grpc.ExchangeServiceStub(channel)
        self._ledger, self._cursor, self._once = ledger, cursor, once

    def follow(self) -> int:
        """Reads, and opens the stream anew whenever it breaks. Returns the exit status."""
        while True:
            try:
                self._read()
                if self._once:
                    return 0
            except grpc.RpcError as error:
                found = refusal.of_error(error)
                if not found.again:
                    print(found, file=sys.stderr)
                    return 3
                print(f"{found}; again in {found.wait_seconds:g} s", file=sys.stderr, flush=True)
                time.sleep(found.wait_seconds)

    def _read(self) -> None:
        """Opens a stream at the cursor and deals with batch after batch until the stream ends."""
        opened = service_pb2.SubscribeOpen(
            cursor=self._cursor, max_batch=MAX_BATCH, until_caught_up=self._once
        )
        stream = self._exchange.Subscribe(iter([service_pb2.SubscribeRequest(open=opened)]))
        try:
            for batch in stream:
                self._handle(batch.messages)
                self._acknowledge(batch.offset)
        finally:
            stream.cancel()

    def _handle(self, messages: Iterable[Message]) -> None:
        """Deals with each message once, however often it comes."""
        fresh = []
        for message in messages:
            message_id = message.header.message_id
            if message_id in self._ledger:
                print(f"again {message_id}", flush=True)
                continue
            print(line(message), flush=True)
            fresh.append(message_id)
        self._ledger.record(fresh)

    def _acknowledge(self, offset: int) -> None:
        """Moves the cursor, durably; call it only when the batch is dealt with."""
        request = service_pb2.AcknowledgeRequest(cursor=self._cursor, offset=offset)
        self._exchange.Acknowledge(request, timeout=CALL_SECONDS)


def line(message: Message) -> str:
    """Tells of a message: where it stands, what it is, and what was not shared with us."""
    header, stamp, receipt = message.header, message.stamp, message.receipt
    place = f"{receipt.offset} {stamp.origin}/{stamp.sequence}"
    entity = f"{header.entity_id} r{header.revision}"
    text = f"{place} {entity} {header.message_id}: {describe(message)}"
    if receipt.absent_groups:
        text += f" (not shared with us: {', '.join(receipt.absent_groups)})"
    return text


def describe(message: Message) -> str:
    """Does what your system does with each type.

    A type of a later contract has no body here: note it and go on; GetMessage gives it again once
    your code is generated from that contract.
    """
    match message.WhichOneof("body"):
        case None:
            return "a type that this program's contract does not know yet"
        case "incident_report":
            return f"incident report {message.incident_report.title}"
        case other:
            return str(getattr(message, other).DESCRIPTOR.full_name)


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description="Reads messages.")
    target.add_arguments(parser)
    parser.add_argument("--cursor", default="example", help="name of our cursor")
    parser.add_argument("--done", type=Path, default="done.txt", help="ids of messages dealt with")
    parser.add_argument("--until-caught-up", action="store_true", help="end when all is read")
    arguments = parser.parse_args()
    try:
        ledger = Ledger(arguments.done)
        with target.connect(arguments) as channel:
            once = arguments.until_caught_up
            return Subscriber(channel, ledger, arguments.cursor, once).follow()
    except OSError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
