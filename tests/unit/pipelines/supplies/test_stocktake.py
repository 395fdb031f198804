"""The stocktake: nonsense counts nowhere and is asked about; what has expired counts in no figure."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.supplies.resources import evaluate
from pipelines.supplies.stocktake import Figures, take
from tests.support.situation import after, known, picture, resource, text, us
from tests.support.stores import holdings, lot, stocked
from yrd.exchange.v1.message_pb2 import Message


def figures(message: Message) -> Figures:
    (holding,) = holdings(message)
    assert holding.figures is not None
    return holding.figures


def asked(*told: Message) -> list[tuple[str, str]]:
    """Kinds and fields of the questions to whoever told."""
    found = known(*told)
    take(found, us(after()))
    return sorted((q.kind, q.field) for q in found.questions)


def spoilt(**amounts: float) -> Message:
    """A resource whose stock was changed after it was checked."""
    message = resource()
    for name, value in amounts.items():
        setattr(message.resource_status.stock, name, value)
    return message


@pytest.mark.parametrize(
    ("amounts", "kind", "field"),
    [
        ({"available": -3}, "negative_stock", "available"),
        ({"total": -1}, "negative_stock", "total"),
        ({"committed": -0.5}, "negative_stock", "committed"),
        ({"minimum_kept": -4}, "negative_stock", "minimum_kept"),
        ({"total": float("nan")}, "negative_stock", "total"),
        ({"available": float("inf")}, "negative_stock", "available"),
        ({"total": 7}, "stock_balance", ""),
        ({"committed": 2.5}, "stock_balance", ""),
    ],
)
def test_a_stock_that_cannot_be_is_asked_about_and_counts_nowhere(
    amounts: dict[str, float], kind: str, field: str
) -> None:
    bad, good = spoilt(**amounts), resource("320000/pumps/2")
    assert asked(bad, good) == [(kind, f"resource_status.stock.{field}".rstrip("."))]
    (line,) = evaluate(known(bad, good), us(after()))
    assert (line.total, list(line.message_ids)) == (10, [good.header.message_id])


def test_a_resource_of_someone_else_counts_once_with_its_owner() -> None:
    copied = resource("320000/pumps/1", {"owner": "320000"}, origin="310000")
    assert asked(copied, resource()) == [("foreign_resource", "resource_status.owner")]
    assert sum(line.total for line in evaluate(known(copied, resource()), us(after()))) == 10


def test_a_question_stands_in_the_summary() -> None:
    summary = picture([spoilt(available=-3)]).summary
    (question,) = summary.questions
    assert (question.kind, question.participant) == ("negative_stock", "320000")
    assert "-3" in question.text_zh
    assert "-3" in question.text_en
    assert not summary.resources


def test_an_unknown_place_counts_in_its_province_only() -> None:
    (holding,) = holdings(stocked(code="310199"))
    assert holding.areas == ("", "310000")
    assert asked(stocked(code="310199")) == [("unknown_area", "resource_status.place.admin_code")]


@pytest.mark.parametrize(
    ("code", "areas"),
    [
        ("310116", ("", "310000", "310116")),
        ("320509", ("", "320000", "320500", "320509")),
        ("320509001002", ("", "320000", "320500", "320509")),
        ("320500", ("", "320000", "320500")),
        ("340000", ("", "340000")),
        ("320684", ("", "320000", "320600", "320614")),
        ("310100", ("", "310000")),
    ],
)
def test_a_place_lies_in_county_city_and_province(code: str, areas: tuple[str, ...]) -> None:
    (holding,) = holdings(stocked(code=code))
    assert holding.areas == areas


EXPIRED_SINCE = {"stock": {"unit": "顶", "total": 100, "available": 60, "committed": 30}}


@pytest.mark.parametrize(
    ("lots", "total", "available", "committed", "expired", "expiring"),
    [
        ([], 100, 60, 30, 0, 0),
        ([lot(20, -0.5)], 80, 40, 30, 20, 0),
        ([lot(70, -0.5)], 30, 0, 30, 70, 0),
        ([lot(80, -0.5)], 20, 0, 20, 80, 0),
        ([lot(5, -2)], 95, 60, 30, 5, 0),
        ([lot(20, 0)], 80, 40, 30, 20, 0),
        ([lot(20, 30)], 100, 60, 30, 0, 20),
        ([lot(20, 30.1)], 100, 60, 30, 0, 0),
    ],
)
def test_what_has_expired_counts_in_no_figure(
    lots: list[Any],
    total: float,
    available: float,
    committed: float,
    expired: float,
    expiring: float,
) -> None:
    found = figures(stocked(changes=EXPIRED_SINCE | {"lots": lots}, told=after(days=-1)))
    assert found == Figures(total, available, committed, available, expired, expiring)


def test_what_had_expired_already_when_told_was_not_available() -> None:
    bad = stocked(changes={"lots": [lot(30, -2)]}, told=after(days=-1))
    assert figures(bad).available == 70
    assert asked(bad) == [("expired_in_stock", "resource_status.lots")]


@pytest.mark.parametrize("quantity", [-1.0, 101.0, float("nan"), float("inf")])
def test_lots_that_cannot_be_are_asked_about(quantity: float) -> None:
    bad = stocked(changes={"lots": [lot(1, 1)]})
    bad.resource_status.lots[0].quantity = quantity
    assert asked(bad) == [("lots_beyond_stock", "resource_status.lots")]
    assert not holdings(bad)


def test_an_outdated_state_has_no_figures() -> None:
    (holding,) = holdings(stocked(changes={"validUntilTime": text(after())}))
    assert holding.figures is None


amounts = st.one_of(st.floats(-10, 200), st.sampled_from([float("nan"), float("inf"), -0.0]))


@settings(deadline=None, max_examples=200)
@given(
    stock=st.tuples(amounts, amounts, amounts, amounts),
    lots=st.lists(st.tuples(amounts, st.integers(-40, 40)), max_size=3),
)
def test_figures_are_never_negative_and_never_more_than_was_told(
    stock: tuple[float, ...], lots: list[tuple[float, int]]
) -> None:
    message = stocked(changes={"lots": [lot(1, days) for _, days in lots]}, told=after(days=-20))
    held = message.resource_status.stock
    held.total, held.available, held.committed, held.minimum_kept = stock
    for told, (quantity, _) in zip(message.resource_status.lots, lots, strict=True):
        told.quantity = quantity
    for holding in holdings(message):
        found = holding.figures
        assert found is not None
        assert 0 <= found.spare <= found.available <= held.available
        assert 0 <= found.committed <= held.committed
        assert found.available + found.committed <= found.total + 1e-6
        assert 0 <= found.total <= held.total
