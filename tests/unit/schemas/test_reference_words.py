"""Comments, Chinese terms, units and rules in words."""

import pytest
from google.protobuf import text_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from buf.validate.validate_pb2 import FieldRules, MessageRules
from schemas.reference.comments import comments
from schemas.reference.errors_table import parts
from schemas.reference.markdown import anchor, table, wrapped_expression
from schemas.reference.rules_in_words import RuleInWords, of_field, of_message, pattern_in_words
from schemas.reference.terms import Meaning, first_sentence, meaning_of, unit_of


@pytest.mark.parametrize(
    ("comment", "text", "terms"),
    [
        ("Dead (死亡).", "Dead.", ("死亡",)),
        ("A member (驾驶员, 押运员). Sensitive.", "A member. Sensitive.", ("驾驶员", "押运员")),
        ("Told (通报: 应对法 Art. 62, 64).", "Told (应对法 Art. 62, 64).", ("通报",)),
        ("Below (国务院令493号 Art. 3).", "Below (国务院令493号 Art. 3).", ()),
        ("Number (运单编号).", "Number.", ("运单编号",)),
        ("Of 〔2021〕18号 §三(三)4.", "Of 〔2021〕18号 §三(三)4.", ()),
        ("Asked (AIP-158).", "Asked (AIP-158).", ()),
        ("A (甲). B (乙). Again (甲).", "A. B. Again.", ("甲", "乙")),
    ],
)
def test_terms_are_taken_out_of_a_comment(comment: str, text: str, terms: tuple[str, ...]) -> None:
    assert meaning_of(comment) == Meaning(text, terms)


def test_an_article_ends_no_sentence() -> None:
    assert first_sentence("As Art. 12 says. Then more.") == "As Art. 12 says."
    assert first_sentence("No end") == "No end"


@pytest.mark.parametrize(
    ("name", "kind", "comment", "unit"),
    [
        ("altitude_meters", "double", "", "m"),
        ("speed_kmh", "double", "", "km/h"),
        ("direct_loss_fen", "int64", "", "fen (0.01 CNY)"),
        ("latitude", "double", "Degrees north, decimal.", "°"),
        ("fix_time", "google.protobuf.Timestamp", "", "UTC"),
        ("note", "string", "Some degrees", ""),
        ("dead", "uint32", "Dead.", ""),
    ],
)
def test_units(name: str, kind: str, comment: str, unit: str) -> None:
    assert unit_of(name, kind, comment) == unit


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("required: true", ["required"]),
        ("string {min_len: 1 max_len: 10000}", ["1 to 10,000 characters"] * 2),
        ("string {min_len: 1}", ["at least 1 character"]),
        ("string {min_len: 6 max_len: 6}", ["6 characters"] * 2),
        ("bytes {len: 32}", ["32 bytes"]),
        ('string {pattern: "^(a|b)$"}', ["one of `a`, `b`"]),
        ('string {email: true prefix: "x"}', ["begins with `x`", "a valid email"]),
        ("double {gte: 0 lte: 0.5}", ["0 to 0.5"]),
        ("double {gt: 0 finite: true}", ["> 0", "finite"]),
        ("double {gt: 0 lt: 360}", ["> 0 and < 360"]),
        ("int32 {lt: 1 gt: 9}", ["> 9 or < 1"]),
        ("uint32 {in: [7, 10, 12]}", ["one of 7, 10, 12"]),
        ("int64 {const: 5}", ["is 5"]),
        (
            "repeated {min_items: 1 max_items: 2 unique: true}",
            ["1 to 2 items", "1 to 2 items", "no value twice"],
        ),
        ("repeated {items {string {max_len: 3}}}", ["each at most 3 characters"]),
        ("map {max_pairs: 1 keys {string {len: 2}}}", ["at most 1 entry", "each key 2 characters"]),
        ("timestamp {lt_now: true}", ["in the past"]),
        ("timestamp {within {seconds: 90}}", ["within 90s of now"]),
        ('any {in: "x"}', ["one of `x`"]),
    ],
)
def test_rules_in_words(rules: str, said: list[str]) -> None:
    parsed = text_format.Parse(rules, FieldRules())
    found = of_field(parsed)
    assert sorted(rule.words for rule in found) == sorted(said)


def test_an_enum_is_named_by_its_values() -> None:
    rules = text_format.Parse("enum {defined_only: true not_in: [0, 2]}", FieldRules())
    found = of_field(rules, {0: "KIND_UNSPECIFIED", 1: "KIND_A", 2: "KIND_B"})
    assert [(rule.id, rule.words) for rule in found] == [
        ("enum.defined_only", "a value of the list"),
        ("enum.not_in", "not unspecified, `KIND_B`"),
    ]


def test_ids_are_protovalidates() -> None:
    rules = text_format.Parse("double {gt: 0 lte: 100}", FieldRules())
    assert [rule.id for rule in of_field(rules)] == ["double.gt_lte"]


def test_cel_rules_keep_id_message_and_expression() -> None:
    told = 'cel {id: "a.b" message: "do it" expression: "this > 0"}'
    assert of_message(text_format.Parse(told, MessageRules())) == [
        RuleInWords("a.b", "do it", "this > 0")
    ]


def test_a_cel_rule_without_message_says_what_its_expression_answers() -> None:
    told = """cel {id: "a.b" expression: "this > 0 ? '' : 'send more than 0'"}"""
    assert of_message(text_format.Parse(told, MessageRules()))[0].words == "send more than 0"


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("^(310000|joint)$", "one of `310000`, `joint`"),
        ("^([a-z]{2})?$", "empty, or matches `^[a-z]{2}$`"),
        ("^(a|b)?$", "empty, or one of `a`, `b`"),
        ("^(a)(b)?$", "matches `^(a)(b)?$`"),
        (r"^(\d|x)$", r"matches `^(\d|x)$`"),
    ],
)
def test_patterns(pattern: str, said: str) -> None:
    assert pattern_in_words(pattern) == said


def test_comments_by_full_name() -> None:
    file = FileDescriptorProto(name="a/a.proto", package="a")
    message = file.message_type.add(name="M")
    message.field.add(name="f")
    message.nested_type.add(name="N").field.add(name="g")
    file.enum_type.add(name="E").value.add(name="E_X")
    file.service.add(name="S").method.add(name="Do")
    told = {
        (12,): " About the\n file.\n\n More.\n",
        (4, 0): " M.\n",
        (4, 0, 2, 0): " f.\n",
        (4, 0, 3, 0, 2, 0): " g.\n",
        (5, 0, 2, 0): " x.\n",
        (6, 0, 2, 0): " do.\n",
    }
    for path, text in told.items():
        file.source_code_info.location.add(path=path, leading_comments=text)
    assert comments(FileDescriptorSet(file=[file])) == {
        "a/a.proto": "About the file.\n\nMore.",
        "a.M": "M.",
        "a.M.f": "f.",
        "a.M.N.g": "g.",
        "a.E.E_X": "x.",
        "a.S.Do": "do.",
    }


def test_an_expression_is_broken_before_operators_but_not_in_texts() -> None:
    text = f"this.a == '{'x' * 40} && {'y' * 30}' && this.b ? 'one : two' : 'three'"
    lines = wrapped_expression(text).splitlines()
    assert lines == [
        f"this.a == '{'x' * 40} && {'y' * 30}' && this.b",
        "  ? 'one : two' : 'three'",
    ]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_table_escapes_pipes_and_drops_empty_columns() -> None:
    assert table(("A", "B", "C"), [["x|y", "", "1"]]) == [
        "| A | C |",
        "| --- | --- |",
        "| x\\|y | 1 |",
    ]


def test_anchors_are_as_github_makes_them() -> None:
    assert anchor("Disclosure groups") == "disclosure-groups"
    assert anchor("Waybill · 运单") == "waybill--运单"


def test_an_error_reason_is_taken_apart() -> None:
    assert parts("Too large. RESOURCE_EXHAUSTED with RetryInfo. Metadata: quota, limit.") == (
        "RESOURCE_EXHAUSTED with RetryInfo",
        "`quota`, `limit`",
        "Too large.",
    )
