"""Getting one message, and listing all of them page by page (AIP-158)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import scene as scenes
from tests.support.builders import draft, resource_body
from tests.support.handmade import SEALED_US, HandmadeLog, write_store
from tests.support.materials import Materials
from tests.support.readers import ids, offsets
from tests.support.scene import Scene
from yrd.exchange.v1.message_pb2 import DISPOSITION_WHOLE, Draft
from yrd.exchange.v1.service_pb2 import Filter, ListMessagesRequest, ListMessagesResponse

COUNT = 205
RESOURCE, INCIDENT = "yrd.resource.v1.ResourceStatus", "yrd.incident.v1.IncidentReport"


def numbered(n: int) -> Draft:
    entity = f"310000/{n}"
    if n % 10 == 9:
        return draft(resource_body(), "resourceStatus", entity=entity)
    return draft(entity=entity)


DRAFTS = [numbered(n) for n in range(COUNT)]
TWICE = DRAFTS[0].header.message_id
"""An id that both logs have."""
RESOURCES = [made for made in DRAFTS if made.HasField("resource_status")]
THEIRS = [draft(entity="320000/x"), draft(entity="320000/y", messageId=TWICE)]
INCIDENTS = [*THEIRS, *(made for made in DRAFTS if made.HasField("incident_report"))]


@pytest.fixture(scope="module")
def held(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A gateway of Shanghai that received two messages of Jiangsu before all of its own."""
    folder: Path = tmp_path_factory.mktemp("list")
    ours, theirs = HandmadeLog(materials, "310000"), HandmadeLog(materials, "320000")
    ours.add(*DRAFTS)
    theirs.add(*THEIRS)
    write_store(folder / "data", "310000", theirs, ours)
    with pytest.MonkeyPatch.context() as patch, scenes.scene(materials, patch, folder) as running:
        yield running


@pytest.fixture(scope="module")
def exchange(held: Scene) -> Any:
    """The bare service of that gateway."""
    return held.stubs().exchange


def page(exchange: Any, **request: Any) -> ListMessagesResponse:
    answer: ListMessagesResponse = exchange.ListMessages(ListMessagesRequest(**request), timeout=10)
    return answer


def pages(exchange: Any, **request: Any) -> list[ListMessagesResponse]:
    found = [page(exchange, **request)]
    while found[-1].next_page_token:
        found.append(page(exchange, page_token=found[-1].next_page_token, **request))
        assert len(found) <= COUNT + 2, "pages without end"
    return found


def test_a_message_comes_back_as_it_was_published(held: Scene) -> None:
    message = held.client.get(DRAFTS[4].header.message_id)
    assert message.header == DRAFTS[4].header
    assert message.incident_report == DRAFTS[4].incident_report
    stamp, receipt = message.stamp, message.receipt
    assert (stamp.origin, stamp.source_system, stamp.sequence) == ("310000", "console", 4)
    assert stamp.sealed_time.ToMicroseconds() == SEALED_US
    assert (receipt.disposition, receipt.offset) == (DISPOSITION_WHOLE, 7)
    assert list(receipt.absent_groups) == []


def test_ones_own_comes_first_and_another_log_when_it_is_named(held: Scene) -> None:
    assert held.client.get(TWICE).stamp.origin == "310000"
    assert held.client.get(TWICE, origin="310000").stamp.origin == "310000"
    assert held.client.get(TWICE, origin="320000").header.entity_id == "320000/y"


def test_a_page_holds_a_hundred_unless_told_otherwise(exchange: Any) -> None:
    assert [len(found.messages) for found in pages(exchange)] == [100, 100, 7]


@pytest.mark.parametrize("size", [1, 50, 206, 207, 208, 1000])
def test_pages_of_any_size_hold_everything_once_in_the_order_of_receipt(
    exchange: Any, size: int
) -> None:
    found = pages(exchange, page_size=size)
    messages = [message for single in found for message in single.messages]
    assert offsets(messages) == list(range(1, COUNT + 3))
    assert ids(messages) == ids([*THEIRS, *DRAFTS])
    assert all(len(single.messages) == size for single in found[:-1])
    assert len(found) == -(-(COUNT + 2) // size)


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize(("kind", "found"), [(RESOURCE, RESOURCES), (INCIDENT, INCIDENTS)])
def test_a_filter_goes_through_all_pages(
    exchange: Any, kind: str, found: list[Draft], size: int
) -> None:
    listed = pages(exchange, page_size=size, filter=Filter(types=[kind]))
    assert ids(message for single in listed for message in single.messages) == ids(found)
    assert all(len(single.messages) <= size for single in listed)


def test_a_filter_that_leaves_nothing_gives_an_empty_page(exchange: Scene) -> None:
    (only,) = pages(exchange, filter=Filter(origins=["joint"]))
    assert list(only.messages) == []


def test_an_empty_gateway_gives_an_empty_page(scene: Scene) -> None:
    assert page(scene.stubs().exchange) == ListMessagesResponse()


def test_the_size_may_change_from_page_to_page(exchange: Scene) -> None:
    first = page(exchange, page_size=3)
    second = page(exchange, page_size=2, page_token=first.next_page_token)
    assert offsets([*first.messages, *second.messages]) == [1, 2, 3, 4, 5]


def test_a_token_may_be_used_again(exchange: Any) -> None:
    token = page(exchange, page_size=3).next_page_token
    assert page(exchange, page_size=3, page_token=token) == page(
        exchange, page_size=3, page_token=token
    )


def test_what_comes_between_two_pages_stands_on_the_last(scene: Scene) -> None:
    scene.client.publish([draft(entity=f"310000/{n}") for n in range(3)])
    exchange = scene.stubs().exchange
    token = page(exchange, page_size=2).next_page_token
    late = draft(entity="310000/late")
    scene.client.publish([late])
    second = page(exchange, page_size=2, page_token=token)
    assert ids(second.messages)[-1] == late.header.message_id
    assert second.next_page_token == ""


def test_the_client_lists_all(held: Scene) -> None:
    assert ids(held.client.messages(page_size=80)) == ids([*THEIRS, *DRAFTS])
