"""Whether a refusal keeps its promises is decided by the kit alone."""

from typing import Any

import pytest
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status

from gateway import errors
from gateway.errors import GatewayError, to_status
from integration.kit.expecting_results import require_refusal
from integration.kit.model import Unmet
from integration.kit.refusals import of_status

STALE = errors.RevisionStale("too old", entity_id="e", revision=1, known_revision=2)
BROKEN = errors.ContractViolated("x", fields=[("a.b", "string.min_len", "say it")], message_id="m")


@pytest.mark.parametrize(
    "error", [STALE, BROKEN, errors.Unavailable("soon"), errors.Internal("oh")]
)
def test_a_good_one_has_no_problems(error: GatewayError) -> None:
    found = of_status(to_status(error))
    assert found.problems == ()
    require_refusal(found, {"reason": found.reason}, {})


def changed(error: GatewayError, **info: Any) -> Status:
    """The status with another ErrorInfo."""
    status = to_status(error)
    found = error_details_pb2.ErrorInfo()
    status.details[0].Unpack(found)
    for key, value in info.items():
        if key == "metadata":
            found.metadata.clear()
            found.metadata.update(value)
        else:
            setattr(found, key, value)
    status.details[0].Pack(found)
    return status


def without_details(error: GatewayError) -> Status:
    status = to_status(error)
    del status.details[:]
    return status


def with_code(error: GatewayError, code: int) -> Status:
    status = to_status(error)
    status.code = code
    return status


def with_retry(error: GatewayError) -> Status:
    status = to_status(error)
    status.details.add().Pack(error_details_pb2.RetryInfo())
    return status


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (without_details(STALE), "no google.rpc.ErrorInfo"),
        (changed(STALE, domain="example.org"), "domain"),
        (changed(STALE, reason="OLD"), "not in errors.proto"),
        (changed(STALE, metadata={"entity_id": "e"}), "metadata is"),
        (with_code(STALE, code_pb2.NOT_FOUND), "NOT_FOUND, not ABORTED"),
        (with_retry(STALE), "RetryInfo where"),
        (to_status(errors.ContractViolated("x", message_id="m")), "BadRequest is missing"),
        (
            to_status(errors.ContractViolated("x", fields=[("a", "", "")], message_id="m")),
            "no rule",
        ),
        (
            to_status(errors.RevisionStale("", entity_id="", revision="", known_revision="")),
            "no message",
        ),
    ],
)
def test_a_broken_promise_is_told(status: Status, words: str) -> None:
    assert any(words in problem for problem in of_status(status).problems)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"reason": "NOT_AUTHORITY"}, "CONTRACT_VIOLATED"),
        ({"reason": "CONTRACT_VIOLATED", "fields": {}}, "a.b"),
        ({"reason": "CONTRACT_VIOLATED", "fields": {"a.b": "string.max_len"}}, "string.min_len"),
        ({"reason": "CONTRACT_VIOLATED", "metadata": {"message_id": "n"}}, "message_id=m"),
    ],
)
def test_another_refusal_than_wanted_is_unmet(wanted: dict[str, Any], words: str) -> None:
    with pytest.raises(Unmet) as caught:
        require_refusal(of_status(to_status(BROKEN)), wanted, {})
    assert words in caught.value.came
