"""A vehicle that moves on is no news; what is noticed of it is."""

from typing import Any

from pipelines.pictures.material import digests
from tests.support.builders import NOW
from tests.support.hazmat import WIND, handover, leak, moved, tanker
from tests.support.situation import after, picture, text
from yrd.exchange.v1.message_pb2 import Message

OTHER = tanker()
OTHER.header.entity_id = "330000/waybill/2"
NOTICE = handover("NOTICED", changes={"expectedCrossingTime": text(after(minutes=40))})


def digest(*told: Message) -> str:
    everything = (tanker(), OTHER, leak(WIND), NOTICE, *told)
    return digests(picture(everything, NOW).summary).material


def seen(minutes: float, west: float, **changes: Any) -> Message:
    """The other vehicle, in the zone of the leak."""
    return moved(
        minutes=minutes,
        at=(30.80, 121.07 - west),
        waybill_id="330000/waybill/2",
        entity="330000/trip/2",
        changes={"speedKmh": 60} | changes,
    )


def test_moving_on_is_no_news() -> None:
    assert digest(seen(-2, 0)) == digest(seen(-1, 0.001))


def test_what_is_noticed_is_news() -> None:
    assert digest(seen(-2, 0)) != digest(seen(-1, 0.001, speedKmh=95))
    assert digest(seen(-2, 0)) != digest(seen(-1, 0.2))
