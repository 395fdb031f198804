"""The language of checks: what it can say, what it can't, and how it tells what came."""

import pytest

from integration.kit.expressions import ExpressionError, evaluate, names_in, require_true
from integration.kit.model import Unmet


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + 1 == 4", True),
        ("[x * 2 for x in items if x > 1]", [4, 6]),
        ("items[0] if a > 2 else items[1]", 1),
        ("rising(items) and not contiguous([1, 3])", True),
        ("flat([[1], [2, 3]])", [1, 2, 3]),
        ("'x' * 3", "xxx"),
    ],
)
def test_values(text: str, value: object) -> None:
    assert evaluate(text, {"a": 3, "items": [1, 2, 3]}) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("__import__('os')", "no function"),
        ("a.__class__", "out of reach"),
        ("a._private", "out of reach"),
        ("a.clear()", "no function"),
        ("lambda: 1", "Lambda is not allowed"),
        ("a := 1", "not an expression"),
        ("import os", "not an expression"),
        ("f'{a}'", "not allowed"),
        ("[await x for x in a]", "not allowed"),
    ],
)
def test_nothing_else_can_be_reached(text: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words):
        evaluate(text, {"a": []})


def test_a_comparison_that_fails_shows_both_sides() -> None:
    with pytest.raises(Unmet) as caught:
        require_true("ids == wanted", {"ids": [1, 2], "wanted": [1]})
    assert caught.value.expected == "ids == wanted"
    assert caught.value.came == "ids is [1, 2]; wanted is [1]"


def test_bytes_are_shown_in_hex_and_long_values_cut() -> None:
    with pytest.raises(Unmet) as caught:
        require_true("a == b", {"a": b"\x01\xff", "b": "x" * 1000})
    assert "a is 01ff" in caught.value.came
    assert len(caught.value.came) < 400


def test_an_answer_of_an_odd_shape_is_unmet_and_no_crash() -> None:
    with pytest.raises(Unmet) as caught:
        require_true("items[3] == 1", {"items": []})
    assert "IndexError" in caught.value.came


def test_names() -> None:
    assert names_in("[x.y for x in got.messages if len(x) > n]") == {"got", "n"}
