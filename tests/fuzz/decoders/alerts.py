"""Warnings as CAP and as the JSON of 12379."""

from collections.abc import Sequence

from integration.cap import door
from tests.fuzz.target import Target
from tests.support.capped import alert, rich
from yrd.exchange.v1.message_pb2 import Draft


def targets(made: Sequence[Draft]) -> list[Target]:
    """CAP files of the contract's own samples, and others."""
    warnings = [d for d in made if d.WhichOneof("body") == "early_warning"]
    published = (
        b'{"identifier": "31000041600000_20260601200000", "msgType": "Alert", "TYPECODE": "09"}'
    )

    def take(data: bytes) -> object:
        return door.take(data).drafts

    def again(data: bytes) -> object:
        """What was taken can be given, and is taken again."""
        drafts = door.take(data).drafts
        assert door.take(door.give(drafts[:1])).drafts == drafts[:1]
        return drafts

    samples = [alert(), rich(), published, *_files(warnings)]
    return [
        Target("CAP", take, samples, (door.CapRefused,), 0.3),
        Target("CAP out again", again, samples, (door.CapRefused,), 0.2),
    ]


def _files(warnings: Sequence[Draft]) -> list[bytes]:
    found = []
    for draft in warnings:
        try:
            found.append(door.give([draft]))
        except door.CapRefused:  # an invalid sample
            continue
    return found
