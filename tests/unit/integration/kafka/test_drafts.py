"""What stands in a record of an outbox: a draft, or a name for what is wrong with it."""

from io import BytesIO

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.kafka import drafts as of
from integration.kafka.dead_letters import Original, Refusal
from integration.kafka.drafts import Reading, Taken
from integration.kafka.encoding import framing_of
from schemas.avro import plans
from schemas.avro.codec import MARKER, encode
from schemas.avro.records import to_record
from schemas.avro.registry import THIS_VERSION, known
from schemas.json_form import to_json
from tests.support.builders import draft
from tests.support.native_steps import native_steps, without_native_steps
from yrd.exchange.v1.message_pb2 import Draft, Header

DRAFT = "yrd.exchange.v1.Draft"
FRAMING = framing_of({7: DRAFT})
GOOD = draft()


def reading(message_id: str = "position", most: int = 100_000) -> Reading:
    return Reading(FRAMING, frozenset([7]), message_id, most)  # type: ignore[arg-type]


def taken(value: bytes | None, key: bytes | None = b"k", offset: int = 5, at_ms: int = 9) -> Taken:
    return Taken("outbox", 1, offset, at_ms, key, value, [("a", b"1")])


def test_the_original_of_a_record_has_its_position_and_all_that_came() -> None:
    assert taken(b"v").original == Original("outbox-1-5", b"k", b"v", [("a", b"1")])


FORMS = [
    encode(GOOD),
    FRAMING.encode(GOOD),
    to_json(GOOD).encode(),
    b" \n" + to_json(GOOD, indent=2).encode(),
]


@pytest.mark.parametrize(
    "value", FORMS, ids=["single object", "registry", "JSON", "JSON with blanks"]
)
def test_a_draft_is_read_in_every_form(value: bytes) -> None:
    assert reading().draft(taken(value)) == GOOD


WRONG: list[tuple[bytes | None, str, str]] = [
    (None, of.EMPTY, "no value"),
    (b"", of.EMPTY, "no value"),
    (b"\xc3\x02" + encode(GOOD)[2:], of.MAGIC_UNKNOWN, "begins with c302"),
    (GOOD.SerializeToString(), of.MAGIC_UNKNOWN, "or as JSON"),
    (b"\xc3\x01" + b"12345678" + b"x", of.FINGERPRINT_UNKNOWN, "of no known schema"),
    (b"\0\0\0\0\x08" + encode(GOOD)[10:], of.SCHEMA_ID_UNKNOWN, "schema id 8"),
    (b"\0\0", of.DAMAGED, "no registry framing"),
    (b"\xc3\x01", of.DAMAGED, "no single-object encoding"),
    (encode(GOOD.incident_report), of.TYPE_UNEXPECTED, "where a draft is due"),
    (encode(GOOD)[:-3], of.DAMAGED, "damaged datum"),
    (encode(GOOD) + b"x", of.DAMAGED, "more bytes follow"),
    (b'{"header": ', of.JSON_MALFORMED, "not JSON"),
    (b'{"haeder": {}}', of.JSON_MALFORMED, "haeder"),
    ('{"标题": "化学品"}'.encode("gb18030"), of.JSON_MALFORMED, "iconv"),
    (b"{" + b" " * 100_000, of.TOO_LARGE, "at most 100000"),
]


@pytest.mark.parametrize(("value", "reason", "words"), WRONG)
def test_what_is_wrong_has_a_name(value: bytes | None, reason: str, words: str) -> None:
    found = reading().draft(taken(value))
    assert isinstance(found, Refusal)
    assert found.reason == reason
    assert words in found.text


def test_without_a_registry_its_framing_is_foreign() -> None:
    bare = Reading(None, frozenset(), "position", 100_000)
    found = bare.draft(taken(FRAMING.encode(GOOD)))
    assert isinstance(found, Refusal)
    assert found.reason == of.SCHEMA_ID_UNKNOWN


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda b: b"\xc3\x01" + b))
def test_no_bytes_stop_it(value: bytes) -> None:
    assert isinstance(reading().draft(taken(value)), Draft | Refusal)


@given(st.data())
def test_no_damage_stops_it(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([encode(GOOD), FRAMING.encode(GOOD)])))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    assert isinstance(reading().draft(taken(bytes(whole))), Draft | Refusal)


def identified(message_id: str, **where: object) -> str:
    bare = draft(messageId="")
    found = reading(message_id).draft(taken(encode(bare), **where))  # type: ignore[arg-type]
    assert isinstance(found, Draft)
    return found.header.message_id


def test_an_id_by_position_is_the_records() -> None:
    assert identified("position") == identified("position", key=b"other")
    assert identified("position") != identified("position", offset=6)
    assert identified("position") != identified("position", at_ms=10)


def test_an_id_by_key_survives_that_the_record_is_sent_again() -> None:
    assert identified("key") == identified("key", offset=6, at_ms=10)
    assert identified("key") != identified("key", key=b"other")


def test_an_id_by_key_needs_a_key() -> None:
    found = reading("key").draft(taken(encode(draft(messageId="")), key=None))
    assert isinstance(found, Refusal)
    assert found.reason == of.KEY_MISSING


def test_an_id_that_the_system_gave_stays() -> None:
    found = reading("key").draft(taken(encode(GOOD), key=None))
    assert found == GOOD


def by_a_release() -> bytes:
    """A draft of a system that has not yet this version's schema."""
    older = next(
        s for s in known().values() if s.full_name == DRAFT and THIS_VERSION not in s.versions
    )
    out = BytesIO()
    fastavro.schemaless_writer(out, older.parsed, to_record(GOOD))
    return MARKER + older.fingerprint + out.getvalue()


def test_a_draft_by_a_released_schema_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    native_steps()
    monkeypatch.delattr(Reading, "draft")
    assert reading().drafts([taken(by_a_release())]) == [GOOD.SerializeToString()]


def batch() -> list[Taken]:
    """Drafts with and without an id, with and without a key, in every form, and all that is wrong."""
    bare = draft(messageId="")
    odd = draft()
    odd.header.priority = 99  # type: ignore[assignment]
    values = [
        *FORMS,
        by_a_release(),
        encode(bare),
        FRAMING.encode(bare),
        to_json(bare).encode(),
        encode(odd),
    ]
    values += [encode(Draft()), *(value or b"" for value, _, _ in WRONG)]
    return [taken(value, key, offset=n) for n, value in enumerate(values) for key in (b"k", None)]


@pytest.mark.parametrize("message_id", ["position", "key"])
@pytest.mark.parametrize("most", [100_000, len(encode(GOOD)) - 1])
def test_a_batch_is_read_as_its_records_are(
    message_id: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    native_steps()
    records = batch()
    found = reading(message_id, most).drafts(records)
    assert [type(one) for one in found].count(bytes) > 2
    without_native_steps(monkeypatch, plans)
    assert reading(message_id, most).drafts(records) == found
    alone = [reading(message_id, most).draft(record) for record in records]
    written = [one.SerializeToString() if isinstance(one, Draft) else one for one in alone]
    assert written == found


@given(st.data())
def test_damaged_batches_are_read_as_their_records_are(data: st.DataObject) -> None:
    native_steps()
    whole = bytearray(data.draw(st.sampled_from([encode(GOOD), FRAMING.encode(GOOD)])))
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    record = taken(bytes(whole))
    [found] = reading().drafts([record])
    with pytest.MonkeyPatch.context() as patch:
        without_native_steps(patch, plans)
        assert reading().drafts([record]) == [found]


def test_an_id_is_the_first_field_of_a_draft_and_so_seen_in_its_bytes() -> None:
    for message in (Draft, Header):
        assert min(field.number for field in message.DESCRIPTOR.fields) == 1
    assert Draft.HEADER_FIELD_NUMBER == Header.MESSAGE_ID_FIELD_NUMBER == 1
