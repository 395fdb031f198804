"""Times that are none: the wire carries any numbers, and no reader could show them."""

from collections.abc import Callable

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from tests.support.bodies import waybill_body
from tests.support.builders import draft
from tests.support.scene import Scene
from tests.support.standing import standing
from tests.support.told import refusal
from yrd.exchange.v1.message_pb2 import Draft

NONE = {
    "before the year 1": Timestamp(seconds=-62_135_596_801),
    "behind the year 9999": Timestamp(seconds=253_402_300_800),
    "far off": Timestamp(seconds=-(1 << 60)),
    "negative nanoseconds": Timestamp(seconds=1_780_000_000, nanos=-5),
    "two seconds of nanoseconds": Timestamp(seconds=1_780_000_000, nanos=2_000_000_000),
}
PLACES: dict[str, Callable[[Draft], Timestamp]] = {
    "header.expire_time": lambda made: made.header.expire_time,
    "waybill.departure_time": lambda made: made.waybill.departure_time,
}


@pytest.mark.parametrize("field", PLACES)
@pytest.mark.parametrize("time", NONE.values(), ids=NONE)
def test_a_time_that_is_none_is_refused(scene: Scene, field: str, time: Timestamp) -> None:
    made = draft(waybill_body(), "waybill")
    PLACES[field](made).CopyFrom(time)
    before = standing(scene.client)
    found = refusal(scene.client.publish([made])[0])
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "CONTRACT_VIOLATED")
    assert [path for path, _, _ in found.fields] == [field]
    assert standing(scene.client) == before
