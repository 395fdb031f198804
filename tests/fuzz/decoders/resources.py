"""Mutual aid as EDXL-RM."""

from collections.abc import Sequence

from integration.edxl import door
from tests.fuzz.target import Target
from tests.support.messaged import enveloped, request, response
from yrd.exchange.v1.message_pb2 import Draft, Mode

_SETTINGS = door.Settings(participant="310000", mode=Mode.MODE_TEST)


def targets(made: Sequence[Draft]) -> list[Target]:
    """Messages of another system, and of the contract's own samples."""

    def take(data: bytes) -> object:
        return door.take(data, _SETTINGS).drafts

    def again(data: bytes) -> object:
        """What was taken can be given, and is taken again."""
        drafts = door.take(data, _SETTINGS).drafts
        for draft in drafts[:1]:
            assert door.take(door.give(draft)).drafts == [draft]
        return drafts

    samples = [request(), response(), enveloped(request(), "Test"), *_files(made)]
    return [
        Target("EDXL-RM", take, samples, (door.CapRefused,), 0.3),
        Target("EDXL-RM out again", again, samples, (door.CapRefused,), 0.1),
    ]


def _files(made: Sequence[Draft]) -> list[bytes]:
    found = []
    for draft in made:
        try:
            found.append(door.give(draft))
        except door.CapRefused:  # of another type, or invalid
            continue
    return found[::4]
