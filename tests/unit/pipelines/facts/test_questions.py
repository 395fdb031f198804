"""Questions about the data are listed up to a number, and all counted."""

from itertools import permutations

from pipelines.facts.known import Known
from pipelines.facts.questions import MOST_LISTED, Question, ask, counts, listed


def question(number: int, kind: str = "negative_stock", who: str = "320000") -> Question:
    return Question(kind, who, f"m{number:04}", "stock.available", "库存为负", "stock is negative")


def test_the_same_question_twice_is_one() -> None:
    known = Known({})
    ask(known, question(1))
    ask(known, question(1))
    assert [q.message_id for q in listed(known.questions)] == ["m0001"]
    assert [(c.kind, c.participant, c.count) for c in counts(known.questions)] == [
        ("negative_stock", "320000", 1)
    ]


def test_the_newest_are_listed_and_all_are_counted() -> None:
    asked = [question(n) for n in range(MOST_LISTED + 5)] + [question(1, who="330000")]
    found = listed(asked)
    assert next(q.message_id for q in found if q.participant == "320000") == "m0005"
    assert len(found) == MOST_LISTED + 1
    assert [c.count for c in counts(asked)] == [MOST_LISTED + 5, 1]


def test_the_order_in_which_they_are_asked_does_not_matter() -> None:
    some = [question(2), question(1), question(1, kind="time_ahead")]
    assert len({str(listed(order)) for order in permutations(some)}) == 1
