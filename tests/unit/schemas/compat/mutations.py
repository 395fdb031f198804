"""All mutations, in the order of the table."""

from tests.unit.schemas.compat.mutation import Mutation, Table
from tests.unit.schemas.compat.of_enums import ENUMS, ONEOFS
from tests.unit.schemas.compat.of_fields import FIELDS
from tests.unit.schemas.compat.of_files import FILES, SERVICES
from tests.unit.schemas.compat.of_messages import MESSAGES
from tests.unit.schemas.compat.of_rules import OPTIONS, RULES
from tests.unit.schemas.compat.of_types import TYPES

TABLES: tuple[Table, ...] = (
    FIELDS,
    MESSAGES,
    TYPES,
    ONEOFS,
    ENUMS,
    SERVICES,
    FILES,
    RULES,
    OPTIONS,
)
MUTATIONS: tuple[Mutation, ...] = tuple(row for table in TABLES for row in table.rows)
