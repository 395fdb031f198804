"""Headers follow CloudEvents 1.0: required attributes, names of lower-case letters and digits."""

import re
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import example, given, settings
from hypothesis import strategies as st

from integration.kafka.cloud_events import headers_of, told
from schemas.instants import FIRST_SECOND, LAST_SECOND, NANOS
from tests.support.builders import draft, message
from yrd.exchange.v1.message_pb2 import Message

REQUIRED = {"ce_specversion", "ce_id", "ce_source", "ce_type"}
TYPE = "yrd.incident.v1.IncidentReport"


def incident(**changes: Any) -> Message:
    made = message("310000", 41, draft(**changes))
    made.stamp.source_system = "dispatch-1"
    return made


def test_names_are_those_of_the_specification() -> None:
    full = incident(
        mode="MODE_EXERCISE",
        exerciseId="spring",
        expireTime="2026-06-02T00:00:00Z",
        inReplyTo="01890a5d-ac96-774b-bcce-b302099a8057",
        incidentIds=["a/1", "b/2"],
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )
    full.receipt.absent_groups.append("personal.reporter")
    full.receipt.expired = True
    names = [name for name, _ in headers_of(full, TYPE, "urn:x")]
    assert set(names) >= REQUIRED
    assert len(set(names)) == len(names)
    assert all(n == "content-type" or re.fullmatch(r"ce_[a-z0-9]{1,20}", n) for n in names)


def test_values_are_those_of_the_message() -> None:
    made = incident(incidentIds=["a/1", "b/2"])
    found = dict(headers_of(made, TYPE, "urn:x"))
    assert found["ce_source"] == "yrd://participant/310000/dispatch-1"
    assert found["ce_id"] == made.header.message_id
    assert found["ce_sequence"] == "41"
    assert found["ce_priority"] == "routine"
    assert found["ce_datalevel"] == "general_2"
    assert found["ce_incidentids"] == "a/1 b/2"
    assert "ce_exerciseid" not in found
    assert "ce_expired" not in found


def test_a_number_that_this_version_has_no_name_for_stays_a_number() -> None:
    made = incident()
    made.header.priority = 99  # type: ignore[assignment]
    assert dict(headers_of(made, TYPE, "urn:x"))["ce_priority"] == "99"


@settings(max_examples=200)
@given(st.integers(FIRST_SECOND, LAST_SECOND), st.sampled_from([0, 10**6, 5000, 7, 10**9 - 1]))
@example(FIRST_SECOND, 0)
@example(LAST_SECOND, NANOS - 1)
@example(-1, 1)
def test_times_are_told_as_in_protobufs_json(seconds: int, nanos: int) -> None:
    time = Timestamp(seconds=seconds, nanos=nanos)
    assert told(time) == time.ToJsonString()


@pytest.mark.parametrize(
    ("seconds", "nanos"), [(FIRST_SECOND - 1, 0), (LAST_SECOND + 1, 0), (0, -1), (0, NANOS)]
)
def test_a_time_that_is_none_is_not_told(seconds: int, nanos: int) -> None:
    with pytest.raises(ValueError, match="valid"):
        told(Timestamp(seconds=seconds, nanos=nanos))
