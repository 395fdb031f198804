"""What is said about a table: faults of rows, remarks, and a file that can't be read at all."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row can't be taken: its number as a spreadsheet shows it, column, rule, and what to do."""

    row: int
    column: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.column}: " if self.column else ""
        return f"第{self.row}行 row {self.row}: {where}{self.remedy} (rule {self.rule})"


class FileRefused(ValueError):
    """A file of which no row can be taken; it names the rule and what to do."""

    def __init__(self, rule: str, remedy: str) -> None:
        super().__init__(f"{remedy} (rule {rule})")
        self.rule, self.remedy = rule, remedy


class ValueRefused(ValueError):
    """A cell that is not what its column holds."""

    def __init__(self, rule: str, remedy: str) -> None:
        super().__init__(remedy)
        self.rule, self.remedy = rule, remedy
