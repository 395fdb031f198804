"""Every message becomes one record, or one dead letter that says why; nothing is dropped."""

from integration.kafka.encoding import MESSAGE, Encoder, framing_of, registry, single_object
from integration.kafka.naming import Naming
from integration.kafka.place import Place
from integration.kafka.preparing import (
    NOT_ENCODABLE,
    TOO_LARGE,
    TYPE_UNKNOWN,
    Preparing,
    oversized,
)
from integration.kafka.records import size
from schemas.avro.codec import decode
from tests.support.builders import draft, incident_body, message, resource_body
from yrd.exchange.v1.message_pb2 import Message

LIMIT = 1 << 20


def preparing(
    encoder: Encoder | None = None, *, whole: bool = False, most: int = LIMIT
) -> Preparing:
    naming = Naming({"yrd.incident.*": "incidents", "yrd.resource.*": "resources"})
    return Preparing(naming, encoder or single_object(), whole, "dead", most)


def received(sequence: int = 0, title: str = "内涝") -> Message:
    made = message("310000", sequence, draft(incident_body(title=title)))
    made.stamp.source_system = "console"
    made.receipt.offset = sequence + 1
    return made


def test_the_place_behind_an_answer_is_its_offset() -> None:
    step = preparing().step([received(0), received(1)], 9, Place())
    assert [record.topic for record in step.records] == ["incidents", "incidents"]
    assert (step.place.offset, step.place.message_offset) == (9, 2)
    assert step.dead == []


def test_a_body_is_written_with_its_types_schema() -> None:
    told = received()
    [record] = preparing().step([told], 1, Place()).records
    assert record.value is not None
    assert decode(record.value) == told.incident_report
    assert dict(record.headers)["ce_dataschema"] == (
        f"urn:yrd:avro:yrd.incident.v1.IncidentReport:{record.value[2:10][::-1].hex()}"
    )


def test_a_whole_message_is_in_one_record() -> None:
    told = received()
    [record] = preparing(whole=True).step([told], 1, Place()).records
    assert record.value is not None
    assert decode(record.value) == told


def test_by_a_registry_the_id_stands_before_it() -> None:
    encoder = registry(framing_of({258: "yrd.incident.v1.IncidentReport", 3: MESSAGE}))
    [record] = preparing(encoder).step([received()], 1, Place()).records
    assert record.value is not None
    assert record.value[:5] == b"\0\0\0\x01\x02"


def test_a_type_without_an_id_is_a_dead_letter() -> None:
    pumps = message("310000", 1, draft(resource_body(), "resourceStatus"))
    encoder = registry(framing_of({1: "yrd.incident.v1.IncidentReport"}))
    step = preparing(encoder).step([received(), pumps], 2, Place())
    assert step.dead == [NOT_ENCODABLE]
    dead = step.records[1]
    assert dead.topic == "dead"
    assert Message.FromString(dead.value or b"") == pumps
    assert "no id for this version's schema" in str(dict(dead.headers)["yrd-text"])


def test_a_type_that_is_not_known_is_a_dead_letter() -> None:
    told = received()
    told.ClearField("incident_report")
    step = preparing().step([told], 1, Place())
    assert step.dead == [TYPE_UNKNOWN]
    assert dict(step.records[0].headers)["yrd-position"] == "yrd/310000/0"


def test_a_time_that_is_none_is_a_dead_letter() -> None:
    told = received()
    told.header.occurred_time.seconds = 1 << 60
    step = preparing().step([told], 1, Place())
    assert step.dead == [NOT_ENCODABLE]


def test_a_record_over_the_limit_is_a_dead_letter_that_fits() -> None:
    step = preparing(most=2000).step([received(title="长" * 1000)], 1, Place())
    assert step.dead == [TOO_LARGE]
    assert size(step.records[0]) <= 2000
    assert step.place.offset == 1


def test_what_a_topic_does_not_take_is_a_small_dead_letter() -> None:
    [record] = preparing().step([received(5, "长" * 30_000)], 1, Place()).records
    dead = oversized(record, "dead")
    assert (dead.topic, dead.value) == ("dead", None)
    assert size(dead) < 1000
    assert dict(dead.headers)["yrd-position"] == "yrd/310000/5"
