"""A datum written straight from a message is, byte for byte, what fastavro writes for its record."""

from io import BytesIO
from typing import Any

import fastavro
import pytest
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.avro.catalog import TYPES, descriptor_of
from schemas.avro.datum import datum
from schemas.avro.errors import AvroFormError
from schemas.avro.projection import project
from schemas.avro.records import to_record
from schemas.avro.registry import plain
from tests.support.arbitrary import messages
from tests.support.every_kind import every_kind
from tests.support.extremes import extremes


def check(message: Message) -> None:
    """Against the way over fastavro."""
    descriptor: Any = message.DESCRIPTOR
    schema = fastavro.parse_schema(plain(project(descriptor)))
    out = BytesIO()
    fastavro.schemaless_writer(out, schema, to_record(message))
    assert datum(message) == out.getvalue()


@pytest.mark.parametrize("full_name", TYPES)
@settings(max_examples=10)
@given(data=st.data())
def test_every_type_is_written_alike(full_name: str, data: st.DataObject) -> None:
    check(data.draw(messages(descriptor_of(full_name))))


@settings(max_examples=50)
@given(messages(every_kind()))
def test_every_kind_of_field_is_written_alike(made: Message) -> None:
    check(made)


def test_extremes_of_every_kind_are_written_alike() -> None:
    for _, made in extremes(every_kind()):
        check(made)


@pytest.mark.parametrize("value", [0, 1, -1, 63, 64, -64, -65, 4095, 4096, 2**63 - 1, -(2**63)])
def test_integers_of_every_length_are_written_alike(value: int) -> None:
    made: Any = GetMessageClass(every_kind())(one_int64=value, all_int64=[value, 0, value])
    check(made)


def test_a_time_that_is_none_is_refused() -> None:
    made: Any = GetMessageClass(every_kind())()
    made.one_time.seconds = 1 << 60
    with pytest.raises(AvroFormError, match="no time"):
        datum(made)
