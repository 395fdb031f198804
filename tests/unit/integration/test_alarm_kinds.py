"""Every kind of alarm is explained to those who get it: in the list, and in the handbook."""

import re
from pathlib import Path
from typing import get_args

from gateway.replication.wrong import Kind
from integration.cli.alarms import KINDS

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "operator.md"
OPERATIONS = Path(__file__).parents[3] / "docs" / "operate.md"
ROW = re.compile(r"^\| `(\w+)` ([^ |]+) \|", re.MULTILINE)


def test_the_list_explains_every_kind() -> None:
    assert set(KINDS) == set(get_args(Kind))


def test_the_operators_guide_says_what_each_means() -> None:
    _, table = GUIDE.read_text(encoding="utf-8").split("| alarm | in a word |")
    rows = dict(ROW.findall(table.split("\n\n")[0]))
    assert rows == {kind: text.split()[0] for kind, text in KINDS.items()}


def test_the_handbook_has_a_row_for_every_kind_under_the_name_of_the_list() -> None:
    _, table = OPERATIONS.read_text(encoding="utf-8").split("| 种类 · kind |")
    rows = dict(ROW.findall(table.split("\n\n")[0]))
    assert rows == {kind: text.split()[0] for kind, text in KINDS.items()}
