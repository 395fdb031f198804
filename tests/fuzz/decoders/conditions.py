"""Conditions of agreements (`when`), which may be a peer's: as text, and made of pieces that fit."""

from collections.abc import Iterator

from gateway.sharing.condition import ConditionError, compile_condition
from gateway.sharing.content import Content
from gateway.sharing.trial import constant
from schemas.catalog import type_name
from tests.fuzz.target import Target
from yrd.exchange.v1.message_pb2 import Draft

TYPES = ("yrd.incident.v1.IncidentReport",)
WRITTEN = (
    'header.mode == "MODE_ACTUAL" && body.place.admin_code.startsWith("3101")',
    "has(body.casualties.dead) && body.casualties.dead >= 3 || body.needs.size() > 0",
    "body.needs.exists(n, n.quantity.value > 3.0 && n.kind in ['RESOURCE_KIND_EQUIPMENT'])",
    "['31', '32'].all(p, !body.place.admin_code.startsWith(p)) ? true : false",
    "header.reported_time - header.occurred_time < duration('1h') + duration('30m')",
    "body.needs.filter(n, n.line_id.matches('^[a-z]{1,3}[0-9]+$')).map(n, n.line_id) == []",
    "header.incident_ids.exists(a, header.incident_ids.exists_one(b, a + 'x' == b))",
)
LEAVES = ("true", "v", "'x'", "1", "-9223372036854775808", "1.5", "0", "header.revision", "[]", "null",
    "header.incident_ids", "body.needs", "body.place.admin_code", "header.occurred_time", "b'\\xff'",
    "['a', 'b']", "{1: 2}", "timestamp('9999-12-31T23:59:59Z')", "duration('9000h')", "1u", "1e308",
)  # fmt: skip
GROWN = ("({} && {})", "({} || !{})", "({} + {})", "({} - {})", "({} * {})", "({} / {})", "({} % {})",
    "({} == {})", "({} < {})", "({} in {})", "[{}, {}]", "[{}][{}]", "{}.all(v, {})", "{}.exists(v, {})",
    "{}.map(v, {})", "{}.filter(v, {})", "{}.exists_one(v, {})", "({} ? {} : v)", "{}.contains({})",
    "{}.matches('(a|b)*{{2}}')", "size({})", "string({})", "int({})", "double({})", "bytes({})",
    "timestamp({})", "duration({})", "type({})", "{}.getFullYear()", "{}.startsWith({})")  # fmt: skip
MOST_DEEP = 6


def targets(drafts: list[Draft]) -> list[Target]:
    """Compiled, and evaluated on some incidents."""
    contents = [Content.of(draft) for draft in drafts if type_name(draft) in TYPES][:3]

    def condition(text: str) -> object:
        made = compile_condition(text, TYPES)
        return constant(made), [made.holds(content) for content in contents]

    def written(data: bytes) -> object:
        return condition(data.decode(errors="replace"))

    def composed(data: bytes) -> object:
        return condition(_expression(iter(data), 0))

    allowed = (ConditionError,)
    pieces = [bytes(range(start, 200, 7)) for start in range(7)]
    return [
        Target("condition", written, [text.encode() for text in WRITTEN], allowed, 2),
        Target("condition of pieces", composed, pieces, allowed, 2),
    ]


def _expression(choices: Iterator[int], depth: int) -> str:
    """An expression for these choices; leaves where they end."""
    choice = next(choices, 0)
    if depth == MOST_DEEP or choice % 4 == 0:
        return LEAVES[choice // 4 % len(LEAVES)]
    form = GROWN[choice % len(GROWN)]
    count = form.replace("{{", "").count("{}")
    return form.format(*(_expression(choices, depth + 1) for _ in range(count)))
