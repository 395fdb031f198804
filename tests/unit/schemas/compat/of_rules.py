"""Mutations of rules and of our own options."""

from google.protobuf.text_format import Parse

from tests.unit.schemas.compat.mutation import Mutate, Table
from tests.unit.schemas.compat.probe import Probe, field, own, set_rules

RULES = Table("Rules", why="buf does not compare rules of buf.validate")
OPTIONS = Table("Our own options", why="buf knows nothing of our options")
row = RULES.row


def _rules(name: str, path: str, rules: str, **verdict: str) -> None:
    """A row that replaces a field's rules."""
    row(name, **verdict)(lambda probe: set_rules(probe.field(path), rules))


_rules(
    "max_len lowered", "Sheet.title", "string {min_len: 1 max_len: 100}", breaks="json_schema rules"
)
_rules(
    "max_len raised", "Sheet.title", "string {min_len: 1 max_len: 300}", notes="json_schema rules"
)
_rules("max_len removed", "Sheet.title", "string {min_len: 1}", notes="json_schema rules")
_rules(
    "min_len raised", "Sheet.title", "string {min_len: 2 max_len: 200}", breaks="json_schema rules"
)
_rules(
    "min_len lowered", "Sheet.title", "string {min_len: 0 max_len: 200}", notes="json_schema rules"
)
_rules(
    "rule added to a field without any", "Sheet.size", "uint64 {lte: 9}", breaks="json_schema rules"
)
_rules("lte lowered", "Sheet.count", "int32 {gte: 0 lte: 50}", breaks="json_schema rules")
_rules("gte lowered", "Sheet.count", "int32 {gte: -5 lte: 100}", notes="json_schema rules")
_rules("lte 100 → lt 101", "Sheet.count", "int32 {gte: 0 lt: 101}")
_rules(
    "range turned inside out",
    "Sheet.count",
    "int32 {gte: 100 lte: 0}",
    breaks="json_schema rules",
    notes="rules",
)
_rules(
    "pattern changed", "Sheet.remark", 'string {pattern: "^[a-z]+$"}', breaks="json_schema rules"
)
_rules("pattern removed", "Sheet.remark", "string {}", notes="json_schema rules")
_rules("pattern added", "Sheet.code", 'string {pattern: "^[a-z]*$"}', breaks="json_schema rules")
_rules("in: value removed", "Sheet.letter", 'string {in: "a" in: ""}', breaks="json_schema rules")
_rules(
    "in: value added",
    "Sheet.letter",
    'string {in: "a" in: "b" in: "c" in: ""}',
    notes="json_schema rules",
)
_rules(
    "not_in: value added",
    "Sheet.grade",
    "enum {defined_only: true not_in: [0, 1]}",
    breaks="json_schema rules",
)
_rules("not_in removed", "Sheet.grade", "enum {defined_only: true}", notes="json_schema rules")
_rules(
    "defined_only added", "Sheet.colour", "enum {defined_only: true}", breaks="json_schema rules"
)
_rules("defined_only removed", "Sheet.grade", "enum {not_in: 0}", notes="json_schema rules")
_rules("const added", "Sheet.urgent", "bool {const: true}", breaks="rules")
_rules("required added", "Sheet.at_time", "required: true", breaks="json_schema rules")
_rules("required removed", "Sheet.part", "", notes="json_schema rules")
_rules(
    "lte 1000 → lt 1000",
    "Sheet.weight",
    "double {finite: true lt: 1000}",
    breaks="json_schema rules",
)
_rules("finite removed", "Sheet.weight", "double {lte: 1000}", notes="json_schema rules")
_rules("well-known format added", "Sheet.code", "string {uuid: true}", breaks="rules")
_rules("max_items lowered", "Sheet.parts", "repeated {max_items: 4}", breaks="json_schema rules")
_rules(
    "min_items added",
    "Sheet.parts",
    "repeated {min_items: 1 max_items: 5}",
    breaks="json_schema rules",
)
_rules(
    "unique removed",
    "Sheet.tags",
    'repeated {max_items: 10 items {string {pattern: "^[a-z]*$"}}}',
    notes="json_schema rules",
)
_rules("unique added", "Sheet.numbers", "repeated {unique: true}", breaks="json_schema rules")
_rules(
    "items' pattern changed",
    "Sheet.tags",
    'repeated {max_items: 10 unique: true items {string {pattern: "^x*$"}}}',
    breaks="json_schema rules",
)
_rules(
    "ignored if zero",
    "Sheet.title",
    "ignore: IGNORE_IF_ZERO_VALUE string {min_len: 1 max_len: 200}",
    notes="json_schema rules",
)
_rules("timestamp bound added", "Sheet.at_time", "timestamp {gt {seconds: 0}}", breaks="rules")
_rules("bytes: max_len lowered", "Sheet.digest", "bytes {max_len: 16}", breaks="rules")
_rules(
    "field CEL changed",
    "Sheet.aside",
    'cel {id: "aside.short" message: "shorter" expression: "size(this) < 5"}',
    breaks="rules",
)
_rules(
    "field CEL: only its message changed",
    "Sheet.aside",
    'cel {id: "aside.short" message: "too long" expression: "size(this) < 6"}',
)
_rules("field CEL removed", "Sheet.aside", "", notes="rules")


@row("message CEL added", breaks="rules")
def cel_added(probe: Probe) -> None:
    probe.message_rules("Sheet").cel.add(id="sheet.other", expression="this.count < 5")


@row("message CEL changed", breaks="rules")
def cel_changed(probe: Probe) -> None:
    probe.message_rules("Sheet").cel[0].expression = "this.total > this.count"


@row("message CEL written over more lines")
def cel_spaced(probe: Probe) -> None:
    probe.message_rules("Sheet").cel[0].expression = "this.total  >=\n this.count"


@row("message CEL removed", notes="rules")
def cel_removed(probe: Probe) -> None:
    del probe.message_rules("Sheet").cel[:]


@row("message oneof rule added", breaks="rules")
def oneof_rule(probe: Probe) -> None:
    Parse('oneof {fields: "code" fields: "admin"}', probe.message_rules("Sheet"))


@row("oneof becomes required", breaks="rules")
def oneof_required(probe: Probe) -> None:
    probe.oneof_rules("Sheet", "choice").required = True


@row("oneof no longer required", notes="rules")
def oneof_free(probe: Probe) -> None:
    probe.oneof_rules("Draft", "body").required = False


@row("field added that is required", breaks="json_schema rules", notes="wire json")
def required_added(probe: Probe) -> None:
    probe.message("Sheet").field.append(field(30, "more", ".yrd.probe.v1.Part", "required: true"))


@row("field added whose rule its absence breaks", breaks="json_schema rules", notes="wire json")
def absent_breaks(probe: Probe) -> None:
    probe.message("Sheet").field.append(field(30, "more", "string", "string {min_len: 1}"))


@row("field added whose rule its absence keeps", notes="wire json")
def absent_keeps(probe: Probe) -> None:
    probe.message("Sheet").field.append(field(30, "more", "string", "string {max_len: 9}"))


def _rule_with_field(expression: str) -> Mutate:
    def mutate(probe: Probe) -> None:
        probe.message("Sheet").field.append(field(30, "more", ".yrd.probe.v1.Part"))
        probe.message_rules("Sheet").cel.add(id="sheet.more", expression=expression)

    return mutate


row("field added with a message CEL that asks for it first", notes="wire json rules")(
    _rule_with_field("!has(this.more) || this.count > 1")
)
row(
    "field added with a message CEL that does not ask for it",
    breaks="rules",
    notes="wire json",
)(_rule_with_field("this.count > 1 || has(this.more)"))
row(
    "field added with a message CEL that asks for it inside a choice",
    breaks="rules",
    notes="wire json",
)(_rule_with_field("!has(this.more) || this.urgent ? this.count > 1 : true"))


row = OPTIONS.row


def _own(name: str, path: str, option: str, value: str | bool | None, **verdict: str) -> None:
    """A row that sets one of our options of a field, or takes it away."""

    def mutate(probe: Probe) -> None:
        options = probe.field(path).options
        if value is None:
            options.ClearExtension(own(option))
        else:
            options.Extensions[own(option)] = value

    row(name, **verdict)(mutate)


_own("disclosure group added", "Sheet.code", "disclosure", "personal.driver", breaks="rules")
_own("disclosure group changed", "Sheet.phone", "disclosure", "personal.driver", breaks="rules")
_own("disclosure group removed", "Sheet.phone", "disclosure", None, breaks="rules")
_own("code table added", "Sheet.letter", "code_table", "capabilities", breaks="rules")
_own("code table changed", "Sheet.code", "code_table", "capabilities", breaks="rules")
_own("code table removed", "Sheet.code", "code_table", None, notes="rules")
_own("authority added", "Sheet.code", "authority", True, breaks="rules")
_own("authority removed", "Sheet.admin", "authority", None, notes="rules")


@row("publisher changed", breaks="rules")
def publisher(probe: Probe) -> None:
    probe.message("Card").options.Extensions[own("publisher")] = "310000"


@row("publisher added", breaks="rules")
def publisher_added(probe: Probe) -> None:
    probe.message("Sheet").options.Extensions[own("publisher")] = "joint"


@row("publisher removed", notes="rules")
def publisher_removed(probe: Probe) -> None:
    probe.message("Card").options.ClearExtension(own("publisher"))


@row("field added in a disclosure group", notes="wire json")
def disclosed_added(probe: Probe) -> None:
    made = field(30, "more", "string")
    made.options.Extensions[own("disclosure")] = "personal.more"
    probe.message("Sheet").field.append(made)
