"""Conditions that would keep a gateway busy are refused, or deny; whoever wrote them."""

import pytest

from gateway.sharing.condition import ConditionError, compile_condition
from gateway.sharing.content import Content
from gateway.sharing.trial import constant
from gateway.sharing.work import MAX_NESTED, WorkError, work_of
from tests.support.builders import draft, incident_body

INCIDENT = "yrd.incident.v1.IncidentReport"
LOOP = "header.incident_ids.exists({}, {})"
LITERAL = "['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].all({}, {})"


def nested(form: str, times: int, inner: str = "true") -> str:
    for number in range(times):
        inner = form.format(f"v{number}", inner)
    return inner


def incident(incidents: int) -> Content:
    ids = [f"310000/{number}" for number in range(incidents)]
    return Content.of(draft(incident_body(), incident_ids=ids))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (nested(LITERAL, 12), f"has 12 loops in each other; write at most {MAX_NESTED}"),
        (nested("[1, 1].map({}, {})", 20, "v0"), "has 20 loops in each other"),
        (nested("r'\\'.contains({0}) || [1].all({0}, {1})", 4), "has 4 loops"),
        (nested("'''\\'''(''' == '' || [1].all({}, {})", 4), "has 4 loops"),
        (nested("[1]. // a remark\n all({}, {})", 4), "has 4 loops"),
        (r"header.entity_id.matches('(\\w{100}){100}')", "regular expressions that are too large"),
        (" || ".join([r"header.entity_id.matches('\\w{90}')"] * 20), "that are too large"),
        ("header.entity_id.matches(body.title)", "write it out in quotes"),
        ("matches(header.entity_id, 'a' + 'b')", "write it out in quotes"),
    ],
)  # fmt: skip
def test_what_could_never_end_is_refused(source: str, words: str) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_condition(source, (INCIDENT,))
    assert words in str(caught.value)


def test_loops_in_each_other_are_bounded_by_the_lists_of_the_entry() -> None:
    condition = compile_condition(nested(LOOP, MAX_NESTED, "v0 == 'x'"), (INCIDENT,))
    assert not condition.holds(incident(10))
    assert condition.failures == 0
    assert not condition.holds(incident(60))
    assert condition.failures == 1
    with pytest.raises(WorkError, match="lists of up to 60 elements"):
        condition.evaluate(incident(60))


def test_one_loop_may_be_long() -> None:
    source = r"header.incident_ids.exists(i, i.matches('^310000/[0-9]{3}$'))"
    assert compile_condition(source, (INCIDENT,)).holds(incident(500))


@pytest.mark.parametrize(
    "source",
    [
        "['aaaaaaaa']" + ".map(a, a + a)" * 60 + " == []",
        "['aaaaaaaa']" + ".map(a, [a, a])" * 60 + " == []",
        "['a', 'b', 'c']" + ".map(a, a).map(b, b)" * 20 + " == []",
    ],
)
def test_values_that_grow_from_loop_to_loop_are_not_evaluated(source: str) -> None:
    condition = compile_condition(source, (INCIDENT,))
    assert constant(condition) is None
    assert not condition.holds(incident(1))
    with pytest.raises(WorkError, match="more than"):
        condition.constant()


def test_what_is_not_a_loop_is_none() -> None:
    for source in ("map.all == 1", "x.all", "all(1, 2)", "has(body.place)", "'.all(x, y)'"):
        assert (work_of(source).loops, work_of(source).nested) == (0, 0), source
    found = work_of("body.needs.filter(n, n.x == 1).size() > 1 && body.needs.exists(n, true)")
    assert (found.loops, found.nested, found.grows) == (2, 1, False)
