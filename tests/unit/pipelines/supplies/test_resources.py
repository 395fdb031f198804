"""Resources: what is there, what could be spared, and what is no longer to be relied on."""

from typing import Any

import pytest

from pipelines.supplies import resources
from tests.support.situation import after, known, resource, stock, text, us
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import ResourceSummary

BOAT = {"scheme": "yrd-capability", "value": "flood.boat"}
PUMP = {"scheme": "yrd-capability", "value": "flood.pump"}
OVER = {"validUntilTime": text(after())}


def lines(*told: Message) -> list[ResourceSummary]:
    return resources.evaluate(known(*told), us(after()))


def test_what_is_alike_is_added_up() -> None:
    told = [resource("320000/a"), resource("320000/b", {"stock": stock(3, 1)["stock"]})]
    (line,) = lines(*told)
    assert (line.total, line.available, line.spare, line.outdated) == (13, 11, 6, 0)
    assert (line.kind, line.unit, line.capability.value) == (3, "台", "flood.pump")
    assert sorted(line.message_ids) == sorted(m.header.message_id for m in told)


def test_a_line_names_some_messages_and_its_basis_counts_all() -> None:
    (line,) = lines(*(resource(f"320000/{i}") for i in range(25)))
    assert (line.total, len(line.message_ids), line.basis.messages) == (250, 20, 25)


def test_what_is_committed_is_shown() -> None:
    given = {"unit": "台", "total": 10, "available": 3, "committed": 6, "minimumKept": 1}
    (line,) = lines(resource(changes={"stock": given}))
    assert (line.committed, line.spare) == (6, 2)


@pytest.mark.parametrize(
    ("available", "minimum", "spare"), [(8, 4, 4), (8, 8, 0), (3, 4, 0), (0, 0, 0), (0.5, 0, 0.5)]
)
def test_only_what_is_above_the_minimum_can_be_spared(
    available: float, minimum: float, spare: float
) -> None:
    (line,) = lines(resource(changes=stock(available, minimum)))
    assert line.spare == spare


def test_a_short_stock_takes_nothing_from_another() -> None:
    told = [
        resource("320000/a", stock(2, 9)),
        resource("320000/b", stock(9, 2)),
    ]
    assert lines(*told)[0].spare == 7


def test_outdated_resources_are_counted_apart_and_in_no_figure() -> None:
    told = [resource("320000/a"), resource("320000/b", OVER), resource("320000/c", OVER)]
    (line,) = lines(*told)
    assert (line.outdated, line.total, line.spare) == (2, 10, 4)
    assert len(line.message_ids) == 3


@pytest.mark.parametrize(("seconds", "outdated"), [(-1, 1), (0, 1), (1, 0)])
def test_a_state_holds_until_the_instant_that_it_names(seconds: int, outdated: int) -> None:
    (line,) = lines(resource(changes={"validUntilTime": text(after(seconds=seconds))}))
    assert line.outdated == outdated


def test_the_newest_state_of_a_resource_counts() -> None:
    (line,) = lines(resource(changes=OVER), resource(changes=stock(2), revision=2))
    assert (line.total, line.outdated) == (2, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "RESOURCE_KIND_VEHICLE"},
        {"capabilities": [BOAT]},
        stock(8, unit="套"),
    ],
)
def test_what_is_not_alike_stands_apart(other: dict[str, Any]) -> None:
    found = lines(resource("320000/a"), resource("320000/b", other))
    assert len(found) == 2
    assert all(len(line.message_ids) == 1 for line in found)


def test_provinces_stand_apart_and_in_order() -> None:
    found = lines(resource("330000/a"), resource("310000/a"), resource("320000/a"))
    assert [line.participant for line in found] == ["310000", "320000", "330000"]


def test_a_resource_of_two_capabilities_is_shown_under_both() -> None:
    found = lines(resource(changes={"capabilities": [PUMP, BOAT]}))
    assert [(line.capability.value, line.spare) for line in found] == [
        ("flood.boat", 4),
        ("flood.pump", 4),
    ]


def test_a_capability_that_is_stated_twice_is_counted_once() -> None:
    (line,) = lines(resource(changes={"capabilities": [PUMP, PUMP]}))
    assert (line.total, line.spare, len(line.message_ids)) == (10, 4, 1)
