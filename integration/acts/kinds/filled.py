"""What a person filled in, read field by field; all that is wrong is told at once."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from integration.acts.seam import FieldErrors, Said
from yrd.common.v1.common_pb2 import Quantity

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
_YEARS = range(2000, 2100)

MISSING = Said("必填：请填写", "is needed: fill it in")
NO_NUMBER = Said(
    "不是数：请写如 6 或 2.5，不大于999999999", "is no number: write 6 or 2.5, up to 999999999"
)
NOT_POSITIVE = Said(
    "须大于零：请改正，或不选此项", "must be above 0: correct it, or leave the line out"
)
NO_TIME = Said("不是时间：请选日期和时刻", "is no instant: choose a day and a time")


class Filled:
    """Values by name of a field. Reading notes what is wrong; `done` raises it."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields
        self.problems: dict[str, Said] = {}

    def wrong(self, name: str, problem: Said) -> None:
        """Notes the first problem of a field."""
        self.problems.setdefault(name, problem)

    def done(self) -> None:
        """Raises FieldErrors if anything was wrong."""
        if self.problems:
            raise FieldErrors(self.problems)

    def text(self, name: str, missing: Said | None = None) -> str:
        """A text; `missing` is what to say where there is none and must be one."""
        value = self._fields.get(name, "").strip()
        if missing is not None and not value:
            self.wrong(name, missing)
        return value

    def checked(self, name: str) -> bool:
        """Whether it is chosen."""
        return self._fields.get(name, "") == "true"

    def number(self, name: str, most: float | None = None, zero: bool = False) -> float:
        """A number above 0, or from 0 if `zero`, up to `most`; an empty one is 0 if `zero`."""
        value = self.text(name)
        if zero and not value:
            return 0.0
        if not _NUMBER.fullmatch(value):
            self.wrong(name, NO_NUMBER)
            return 0.0
        found = float(value)
        if not zero and found <= 0:
            self.wrong(name, NOT_POSITIVE)
        if most is not None and found > most:
            self.wrong(
                name, Said(f"不得大于{most:g}：请改正", f"must not be above {most:g}: correct it")
            )
        return found

    def quantity(self, name: str, unit: str, most: float | None = None) -> Quantity:
        """An amount above 0."""
        return Quantity(value=self.number(name, most), unit=unit)

    def instant(self, name: str, missing: Said | None = None) -> datetime | None:
        """An instant, aware; None where it is empty."""
        value = self.text(name, missing)
        if not value:
            return None
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            found = None
        if found is None or found.tzinfo is None or found.year not in _YEARS:
            self.wrong(name, NO_TIME)
            return None
        return found.astimezone(UTC)
