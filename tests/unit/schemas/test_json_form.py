"""The JSON form is read strictly."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.json_form import (
    JsonFormError,
    draft_from_dict,
    drafts_from_json,
    from_json,
    text_of,
    to_json,
    values_in,
)
from tests.support.builders import draft
from yrd.exchange.v1.message_pb2 import Draft, Header
from yrd.incident.v1.incident_pb2 import IncidentReport


def test_one_many_and_lines() -> None:
    made = [draft(), draft()]
    text = [to_json(d) for d in made]
    assert drafts_from_json(text[0], "f") == made[:1]
    assert drafts_from_json(f"[{text[0]},{text[1]}]", "f") == made
    assert drafts_from_json("\n".join(json.dumps(json.loads(t)) for t in text), "f") == made


def test_lines_end_where_json_says_so() -> None:
    made = draft()
    made.incident_report.description = "一\u2028二\x85三"
    line = json.dumps(json.loads(to_json(made)), ensure_ascii=False)
    assert drafts_from_json(f"{line}\r\n{line}\n", "f") == [made, made]


def test_any_type_is_read_on_its_own() -> None:
    made = draft().incident_report
    assert from_json(IncidentReport, to_json(made), "f") == made
    with pytest.raises(
        JsonFormError, match=r"f: an array where expected an object.*IncidentReport"
    ):
        from_json(IncidentReport, "[]", "f")


_NOT_JSON = [
    ('{"header":\n {"revision": 1,\n "revision": 2}}', "line 3: header.revision: key 'revision'"),
    ('{"header":\n {"revision": NaN}}', "line 2: header.revision: NaN is not a JSON number"),
    ('{"header": {"revision": -Infinity}}', "line 1: header.revision: -Infinity is not a JSON"),
    ("{\n\n]", r"line 3: not JSON: .* \(column 1\)"),
    ("", "line 1: not JSON"),
    ("[" * 10_000, "line 1: .*more than 100 objects and arrays one inside the other"),
    ('{"header":' * 10_000 + "1" + "}" * 10_000, "line 1: header.*more than 100 objects"),
    ("\ufeff{}", "begins with a byte order mark: save the file as UTF-8 without BOM"),
    ('{"header":\n{"entityId": "\\ud83d"}}', r"line 2: header.entityId: \\ud83d is half a char"),
    ('{"header": {"entityId": "\\ude00x"}}', r"header.entityId: \\ude00 is half a character"),
    ('{"\\ud83d": 1}', r"\\ud83d is half a character"),
    (
        '{"header": {"revision": ' + "9" * 5000 + "}}",
        "header.revision: a number of 5000 characters",
    ),
    ('{"header": {"entityId": "a\x01"}}', "line 1: not JSON: Invalid control character"),
    # a text that never ends, and has a quote at every other place
    ('"\\u0041' + '\\"' * 100_000, "line 1: not JSON: Unterminated string"),
    ("{}\n\n{}\n{]", r"f: line 4: not JSON"),
    ('{}\n{"a": NaN}', r"f: line 2: a: NaN"),
    ('{}\n{"header":{"mode":1,"mode":1}}', "f: line 2: header.mode: key 'mode' stands twice"),
    ('[{}, {},\n{"header": {"mode": 1, "mode": 2}}]', r"line 2: \[2\].header.mode: key 'mode'"),
    ('{"a": "}", "b": "\\"{", "header": {"mode": Infinity}}', "line 1: header.mode: Infinity"),
]


@pytest.mark.parametrize(("text", "words"), _NOT_JSON, ids=[words for _, words in _NOT_JSON])
def test_what_no_json_parser_should_take_is_named(text: str, words: str) -> None:
    with pytest.raises(JsonFormError, match=words) as caught:
        drafts_from_json(text, "f")
    assert str(caught.value).startswith("f: ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3", "f: a number where expected an object with header and body; `yrd template`"),
        ("null", "f: null where expected"),
        ('["x", {}]', "f: item 1: a text where expected"),
        ("{}\n[]", "f: line 2: an array where expected"),
    ],
)
def test_what_is_no_object_is_named(text: str, words: str) -> None:
    with pytest.raises(JsonFormError, match=words):
        drafts_from_json(text, "f")


def _whole(low: int, high: int) -> str:
    return f"a whole number from {low} to {high} is expected"


_UINT32 = _whole(0, (1 << 32) - 1)
_WRONG: list[tuple[str, Any, str]] = [
    ("header.revison", 1, "Header has no such field: did you mean revision?"),
    ("header.x9", 1, "Header has no such field: it has messageId, entityId,"),
    ("body", {}, "Draft has no such field"),
    ("header", [], "an array where an object is expected"),
    ("header", 3, "a number where an object is expected"),
    ("header.revision", "x", f'"x" where {_UINT32}'),
    ("header.revision", "", _UINT32),
    ("header.revision", True, f"true where {_UINT32}"),
    ("header.revision", 1.5, _UINT32),
    ("header.revision", -1, _UINT32),
    ("header.revision", 1 << 32, _UINT32),
    ("header.revision", 1e300, _UINT32),
    ("header.revision", float("inf"), f"a number beyond 1.797e308 where {_UINT32}"),
    ("header.revision", float("nan"), _UINT32),
    ("header.incidentIds", "a", "a text where an array is expected: write [ ] around it"),
    ("header.incidentIds", [3], "[0]: 3 where a text is expected: put it in quotes"),
    ("header.incidentIds", ["a", None], "[1]: null where a text is expected"),
    ("header.entityId", False, "false where a text is expected: put it in quotes"),
    ("header.entityId", "\ud83d", "half of a surrogate pair"),
    ("header.mode", "ACTUAL", '"ACTUAL" where one of MODE_UNSPECIFIED, MODE_ACTUAL,'),
    ("header.mode", 1.5, "1.5 where one of"),
    ("header.mode", True, "true where one of"),
    ("header.mode", 1 << 31, "2147483648 where one of"),
    (
        "header.occurredTime",
        "2026-06-01 08:00:00",
        "a time is expected: send RFC 3339 with its zone",
    ),
    ("header.occurredTime", "2026-13-01T00:00:00Z", "a time is expected"),
    ("header.occurredTime", 0, "0 where a time is expected"),
    ("incidentReport.place.point.latitude", "north", '"north" where a number is expected'),
    ("incidentReport.place.point.latitude", True, "true where a number is expected"),
    ("incidentReport.place.point.latitude", float("inf"), "the number is too large"),
    ("incidentReport.place.point.latitude", 10**400, "the number is too large"),
    ("incidentReport.place.point.latitude", "1e999", "the number is too large"),
    ("incidentReport.place.point.latitude", float("nan"), "leave the field out"),
    ("situationSummary.coverage", [{"stale": "true"}], '[0].stale: "true" where true or false'),
]


@pytest.mark.parametrize(("path", "value", "words"), _WRONG)
def test_wrong_values_are_named_by_field(path: str, value: Any, words: str) -> None:
    for key in reversed(path.split(".")):
        value = {key: value}
    with pytest.raises(JsonFormError) as caught:
        draft_from_dict(value, "f: item 2")
    assert str(caught.value).startswith(f"f: item 2: {path}")
    assert words in str(caught.value)


def test_what_holds_one_value_is_given_one() -> None:
    with pytest.raises(JsonFormError, match=r"header\.entity_id: entityId is there already"):
        draft_from_dict({"header": {"entityId": "a", "entity_id": "b"}}, "f")
    with pytest.raises(JsonFormError, match="waybill: incidentReport is there already"):
        draft_from_dict({"incidentReport": {}, "waybill": {}}, "f")


def test_what_protojson_allows_is_taken() -> None:
    text = (
        '{"entity_id": "a\\ud83d\\ude00\\\\ud83d", "revision": "7", "mode": 2, "priority": 99,'
        ' "exerciseId": null, "occurredTime": "2026-06-01T08:00:00.5+08:00"}'
    )
    found = from_json(Header, text, "f")
    assert (found.entity_id, found.revision, found.mode) == ("a😀\\ud83d", 7, 2)
    assert (found.priority, found.occurred_time.seconds) == (99, 1_780_272_000)
    assert not found.exercise_id
    assert from_json(Header, '{"revision": 7.0}', "f").revision == 7


def test_files_that_are_not_utf8_are_named() -> None:
    assert text_of("洪水".encode(), "f") == "洪水"
    with pytest.raises(JsonFormError, match=r"f: line 3: byte ba is not UTF-8.*GB18030"):
        text_of(b"{\n\n" + "洪水".encode("gb18030"), "f")


_KEYS = st.sampled_from(
    ["header", "entityId", "revision", "mode", "occurredTime", "incidentIds", "incidentReport", "x"]
)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["MODE_ACTUAL", "2026-06-01T08:00:00Z", "9999-12-31T23:59:59Z", "\ud800"])
)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4)
)


@settings(deadline=None, max_examples=300)
@given(value=_VALUES)
def test_any_value_is_a_draft_or_an_error(value: Any) -> None:
    try:
        made = draft_from_dict(value, "f")
    except JsonFormError as error:
        assert str(error).startswith("f: ")
    else:
        assert Draft.FromString(made.SerializeToString()) == made


@settings(deadline=None, max_examples=300)
@given(text=st.text('{}[]":,\\ud8 0e1-\n', max_size=60))
def test_any_text_is_drafts_or_an_error(text: str) -> None:
    try:
        drafts_from_json(text, "f")
    except JsonFormError as error:
        assert str(error).startswith("f: ")


def test_the_place_of_a_fault_behind_many_numbers() -> None:
    """Commas with numbers behind them are looked over at once, and counted all the same."""
    for text, place in (
        ("[1, -2.5 ,3,4,NaN]", "[4]"),
        ("[1,2,[3, 4],{}, 5,\n6, Infinity]", "[6]"),
        ('{"a":1,"b":[1,2,3,"x",4,NaN]}', "b[5]"),
        ('[1,1e5,2,1,{"a":1,"a":2}]', "[4].a"),
        (f"[1,{'9' * 301},3,-Infinity]", "[3]"),
    ):
        with pytest.raises(JsonFormError) as caught:
            drafts_from_json(text, "f")
        assert f"{place}: " in str(caught.value), str(caught.value)


def test_lines_keep_their_numbers() -> None:
    text = '\n \n{"header":{}}\n\n\r\n  {"header":{}}\n\n x\n'
    with pytest.raises(JsonFormError, match=r"f: line 8: not JSON: .*column 2"):
        drafts_from_json(text, "f")
    assert [place for place, _ in values_in(text[:-4], "f")] == ["f: line 3", "f: line 6"]
    assert len(values_in("0\n" * 9, "f", 3)) == 4
    assert len(values_in("[0,1,2,3,4,5]", "f", 3)) == 4


def test_half_a_character_is_found_behind_whole_ones() -> None:
    whole = r'["\\ud800", "\ud83d\ude00", "\u4e00"'
    assert [value for _, value in values_in(f"{whole}]", "f")] == ["\\ud800", "😀", "一"]
    with pytest.raises(JsonFormError, match=r"\[3\]: .ud800 is half a character"):
        values_in(rf'{whole}, "\\\ud800"]', "f")
