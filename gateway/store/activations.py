"""What a log of somebody else says of its owner's agreements."""

from collections.abc import Iterable, Iterator

from google.protobuf.message import DecodeError

from gateway.log.checkpoint import log_origin
from gateway.log.sealing import SealError
from gateway.sharing.activation import Activation, read
from gateway.store.port import Entry
from yrd.exchange.v1.message_pb2 import Leaf


def activations_said(entries: Iterable[Entry]) -> Iterator[Activation]:
    """The activations of a log, from its entries. What does not say so at its own place says nothing."""
    for entry in entries:
        try:
            leaf = Leaf.FromString(entry.leaf or b"")
            sealed_us = leaf.stamp.sealed_time.ToMicroseconds()
            parts = [part.data for part in entry.parts]
            if (log_origin(leaf.stamp.origin), leaf.stamp.sequence) == (entry.log, entry.sequence):
                yield read(entry.sequence, entry.leaf or b"", parts, sealed_us)
        except (DecodeError, SealError, OverflowError, ValueError):
            continue
