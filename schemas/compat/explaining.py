"""The table of all rules of compatibility."""

from schemas.compat.explained_codes import CODES
from schemas.compat.explained_protobuf import JSON, NAMES, WIRE
from schemas.compat.explained_rules import RULES
from schemas.compat.explained_schemas import AVRO, JSON_SCHEMA
from schemas.compat.finding import Surface

EXPLANATIONS = {
    (surface, rule): explanation
    for surface, table in {
        Surface.WIRE: WIRE,
        Surface.JSON: JSON,
        Surface.NAMES: NAMES,
        Surface.AVRO: AVRO,
        Surface.JSON_SCHEMA: JSON_SCHEMA,
        Surface.RULES: RULES | CODES,
    }.items()
    for rule, explanation in table.items()
}
"""(surface, rule) → explanation: every change that a comparison can report stands here."""
