"""Each draft is durable or refused in the end; what does not lie with it is asked again."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as AnyDetail
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status

from client import ExchangeError
from integration.kafka.errors import Away, Halted
from integration.kafka.publishing import MOST_BYTES, Publisher, by_bytes, request_of
from tests.support.builders import draft, incident_body
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import PublishRequest, PublishResult

GOOD = PublishResult()
GOOD.accepted.SetInParent()


def refused(reason: str, code: int = code_pb2.INVALID_ARGUMENT) -> PublishResult:
    detail = AnyDetail()
    detail.Pack(error_details_pb2.ErrorInfo(reason=reason, domain="yrd"))
    return PublishResult(error=Status(code=code, message=reason, details=[detail]))


class Gateway:
    """Answers what it is told, call by call; then the last again."""

    def __init__(self, *answers: Callable[[Sequence[Draft]], list[PublishResult]]) -> None:
        self.answers, self.asked = list(answers), list[int]()

    def publish_serialised(self, request: bytes) -> list[PublishResult]:
        drafts = PublishRequest.FromString(request).drafts
        self.asked.append(len(drafts))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(drafts)


def all_good(drafts: Sequence[Draft]) -> list[PublishResult]:
    return [GOOD for _ in drafts]


def raising(code: str, reason: str = "") -> Any:
    def answer(_: Sequence[Draft]) -> list[PublishResult]:
        raise ExchangeError(code, "words", reason, retry_seconds=0.001)

    return answer


def publish(gateway: Gateway, count: int = 2, seconds: float = 5) -> list[str]:
    publisher: Any = Publisher(gateway, seconds)  # type: ignore[arg-type]
    found = publisher.publish([draft().SerializeToString() for _ in range(count)])
    return [refusal.reason if refusal else "" for refusal in found]


def test_a_refused_draft_is_named_and_the_others_go() -> None:
    gateway = Gateway(lambda _: [refused("CONTRACT_VIOLATED"), GOOD])
    assert publish(gateway) == ["contract_violated", ""]


def test_what_the_gateway_can_take_later_is_asked_again_alone() -> None:
    gateway = Gateway(lambda _: [GOOD, refused("UNAVAILABLE", code_pb2.UNAVAILABLE)], all_good)
    assert publish(gateway) == ["", ""]
    assert gateway.asked == [2, 1]


@pytest.mark.parametrize("code", ["UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED"])
def test_a_call_without_an_answer_is_made_again(code: str) -> None:
    assert publish(Gateway(raising(code), all_good)) == ["", ""]


def test_a_quota_is_waited_for() -> None:
    assert publish(Gateway(raising("RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), all_good)) == ["", ""]


def test_too_large_is_for_good() -> None:
    gateway = Gateway(raising("RESOURCE_EXHAUSTED", "MESSAGE_TOO_LARGE"))
    assert publish(gateway, 1) == ["message_too_large"]


def test_one_draft_that_spoils_the_call_fails_alone() -> None:
    bad = raising("INVALID_ARGUMENT", "MALFORMED_REQUEST")
    assert publish(Gateway(bad, all_good, bad, all_good), 3) == ["", "malformed_request", ""]


def test_after_its_time_the_gateway_is_away() -> None:
    with pytest.raises(Away, match="does not take drafts"):
        publish(Gateway(raising("UNAVAILABLE")), seconds=0)


def test_a_system_that_may_not_publish_stops() -> None:
    with pytest.raises(Halted, match="role publisher"):
        publish(Gateway(raising("PERMISSION_DENIED", "NOT_PERMITTED")))


def test_parts_are_small_enough_and_lose_nothing() -> None:
    large = draft(incident_body(title="x" * 3_000_000))
    drafts = [made.SerializeToString() for made in (draft(), large, large, large, draft())]
    parts = list(by_bytes(drafts))
    assert [made for part in parts for made in part] == drafts
    assert len(parts) == 2
    assert all(sum(map(len, part)) <= MOST_BYTES for part in parts)


def test_one_that_is_larger_than_a_part_goes_alone() -> None:
    small, huge = b"x", b"x" * (MOST_BYTES + 1)
    assert [len(part) for part in by_bytes([small, huge, small])] == [1, 1, 1]


def test_a_request_of_bytes_is_the_request_of_the_drafts() -> None:
    drafts = [draft(), draft(incident_body(title="x" * 20_000)), Draft()]
    made = request_of([one.SerializeToString() for one in drafts])
    assert made == PublishRequest(drafts=drafts).SerializeToString()
