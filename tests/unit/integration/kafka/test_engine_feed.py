"""The feed of engines: batches of one participant in order, none too large, nothing personal."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from integration.kafka.encoding import single_object
from integration.kafka.engine_feed import EngineFeed
from integration.kafka.naming import Naming
from integration.kafka.place import Place
from integration.kafka.preparing import TOO_LARGE, Preparing
from integration.kafka.records import Record, size
from tests.support.builders import NOW, draft, incident_body, message, resource_body
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import SubscribeResponse

FEED = EngineFeed("feed", ("*",), 1 << 20)


def received(origin: str, sequence: int, title: str = "内涝", pumps: bool = False) -> Message:
    made = (
        message(origin, sequence, draft(resource_body(), "resourceStatus"))
        if pumps
        else message(origin, sequence, draft(incident_body(title=title)))
    )
    made.stamp.sealed_time.FromDatetime(NOW + timedelta(seconds=sequence))
    made.receipt.received_time.FromDatetime(NOW + timedelta(hours=1))
    made.receipt.offset = sequence + 1
    return made


def held(record: Record) -> list[Message]:
    return list(SubscribeResponse.FromString(record.value or b"").messages)


def places(record: Record) -> list[tuple[str, int]]:
    return [(m.stamp.origin, m.stamp.sequence) for m in held(record)]


def test_each_participant_has_records_of_its_own_under_its_code() -> None:
    told = [received("310000", 0), received("320000", 7), received("310000", 1)]
    first, second = FEED.records(told)
    assert (first.key, places(first)) == (b"310000", [("310000", 0), ("310000", 1)])
    assert (second.key, places(second)) == (b"320000", [("320000", 7)])
    assert dict(second.headers)["ce_sequence"] == "7"


def test_a_message_has_its_receipt_and_nothing_personal() -> None:
    [record] = FEED.records([received("310000", 0)])
    [found] = held(record)
    assert found.receipt.offset == 1
    assert found.incident_report.reporter.organization == "值班室"
    assert not found.incident_report.reporter.phone


def test_the_time_is_that_of_the_newest_and_no_clock_drives_it_ahead() -> None:
    told = [received("310000", 5), received("310000", 3)]
    at_ms = round(NOW.timestamp() * 1000)
    assert FEED.records(told)[0].at_ms == at_ms + 5000
    told[0].stamp.sealed_time.FromDatetime(NOW + timedelta(days=25_000))
    assert FEED.records(told)[0].at_ms == at_ms + 3_600_000


def test_no_record_holds_more_than_so_many() -> None:
    told = [received("310000", n) for n in range(5)]
    assert [len(held(r)) for r in replace(FEED, most=2).records(told)] == [2, 2, 1]
    assert [len(held(r)) for r in FEED.apart().records(told)] == [1] * 5


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=20), st.integers(10_000, 20_000))
def test_records_stay_below_the_limit_and_hold_all_in_order(sizes: list[int], most: int) -> None:
    told = [received("310000", n, "长" * length) for n, length in enumerate(sizes)]
    records = replace(FEED, max_bytes=most).records(told)
    assert all(size(record) <= most for record in records)
    assert [p for r in records for p in places(r)] == [("310000", n) for n in range(len(sizes))]


def preparing(feed: EngineFeed, most: int = 1 << 20) -> Preparing:
    return Preparing(
        Naming({"yrd.resource.*": "pumps"}), single_object(), False, "dead", most, feed
    )


def test_a_type_without_a_topic_goes_into_the_feed() -> None:
    made = preparing(FEED)
    step = made.step([received("310000", 0), received("310000", 1, pumps=True)], 2, Place())
    assert [record.topic for record in step.records] == ["pumps", "feed"]
    assert len(held(step.records[1])) == 2
    assert step.place.message_offset == 2
    assert "yrd.incident.v1.IncidentReport" in made.types


def test_a_type_with_a_topic_may_stay_out_of_the_feed() -> None:
    made = preparing(replace(FEED, patterns=("yrd.incident.*",)))
    [record] = made.step([received("310000", 1, pumps=True)], 2, Place()).records
    assert record.topic == "pumps"
    assert set(made.types) == {"yrd.incident.v1.IncidentReport", "yrd.resource.v1.ResourceStatus"}


def test_one_that_fits_no_record_is_a_small_dead_letter() -> None:
    step = preparing(replace(FEED, max_bytes=2000), 2000).step(
        [received("310000", 4, "长" * 2000), received("310000", 5)], 2, Place()
    )
    dead, fed = step.records
    assert (step.dead, dead.topic, size(dead) < 1000) == ([TOO_LARGE], "dead", True)
    assert dict(dead.headers)["yrd-position"] == "yrd/310000/4"
    assert places(fed) == [("310000", 5)]
