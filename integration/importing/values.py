"""Cells as people fill them in, read as values of the contract's JSON. Each raises ValueRefused."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from integration.importing.faults import ValueRefused
from schemas.instants import BEIJING

Reader = Callable[[str], Any]
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d{2,3}", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[T\s]*(\d{1,2})\s*[:时]\s*(\d{1,2})\s*分?(?::?\s*(\d{1,2})(?:\.\d+)?\s*秒?)?)?\s*(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_SEPARATORS = re.compile(r"[、，,;；|\n]+")
_YES, _NO = (
    frozenset(["是", "√", "yes", "y", "true", "1"]),
    frozenset(["否", "×", "no", "n", "false", "0"]),
)


def text(cell: str) -> str:
    """As it is; but not a number that lost its digits to a spreadsheet."""
    if _SCIENTIFIC.fullmatch(cell):
        raise ValueRefused(
            "import.digits_lost",
            f"{cell}: 长数字已被表格软件截断 a spreadsheet has cut the digits off: 把该列设为文本后重填 "
            "format the column as text and fill it in again",
        )
    return cell


def letters(cell: str) -> str:
    """A number of letters and digits: without spaces and dots, full-width ones as usual, upper case."""
    return re.sub(r"[\s·•]", "", unicodedata.normalize("NFKC", text(cell))).upper()


def phone(cell: str) -> str:
    """A phone number, brackets as spaces."""
    return " ".join(re.sub(r"[()]", " ", unicodedata.normalize("NFKC", text(cell))).split())


def un_number(cell: str) -> str:
    """Four digits; spreadsheets drop zeros in front."""
    digits = letters(cell).removeprefix("UN")
    return digits.zfill(4) if digits.isdigit() else digits


def number(cell: str) -> float:
    """A number, thousands parted by commas or not."""
    plain = unicodedata.normalize("NFKC", cell).strip()
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain) or not math.isfinite(float(plain)):
        raise ValueRefused(
            "import.number", f"{cell[:40]!r} 不是数字 is no number: 只填数字，单位另列 digits alone"
        )
    return float(plain)


def whole(cell: str) -> int:
    """A whole number."""
    found = number(cell)
    if found != int(found) or not 0 <= found < 1 << 32:
        raise ValueRefused(
            "import.whole", f"{cell[:40]!r} 须为非负整数 must be a whole number, 0 or more"
        )
    return int(found)


def flag(cell: str) -> bool:
    """Yes or no."""
    word = unicodedata.normalize("NFKC", cell).strip().lower()
    if word not in _YES | _NO:
        raise ValueRefused("import.flag", f"{cell[:40]!r}: 填 write 是 or 否 (yes, no)")
    return word in _YES


def instant(cell: str) -> str:
    """An instant; a day is its first instant. Beijing time where no zone is named."""
    return _written(_instant(cell)[0])


def until(cell: str) -> str:
    """An instant; a day is its end."""
    found, is_day = _instant(cell)
    return _written(found + timedelta(days=1) if is_day else found)


def _instant(cell: str) -> tuple[datetime, bool]:
    plain = unicodedata.normalize("NFKC", cell).strip()
    found = _DAY.fullmatch(plain)
    try:
        if found is None:
            raise ValueError
        year, month, day, hour, minute, second = (int(n or 0) for n in found.groups()[:6])
        made = datetime(year, month, day, hour, minute, second, tzinfo=BEIJING)
        if zone := found[7]:
            made = datetime.fromisoformat(f"{made:%Y-%m-%dT%H:%M:%S}{zone}")
        if not 1970 <= made.year < 9000:
            raise ValueError
    except ValueError:
        raise ValueRefused(
            "import.instant",
            f"{cell[:40]!r} 不是时间 is no instant: 写作 write 2026-06-01 20:00 (北京时间 Beijing time)",
        ) from None
    return made, found[4] is None


def _written(time: datetime) -> str:
    return time.isoformat()


def choice(words: Mapping[str, str]) -> Reader:
    """One of an enum's values, by word; `words` are values by word, lower case and without spaces."""

    def read(cell: str) -> str:
        word = re.sub(r"\s", "", unicodedata.normalize("NFKC", cell)).lower()
        if word not in words:
            known = "、".join(dict.fromkeys(words))
            raise ValueRefused("import.choice", f"{cell[:40]!r}: 填其一 write one of {known}")
        return words[word]

    return read


def items(one: Reader) -> Reader:
    """Several, parted by 、 , ; | or lines."""

    def read(cell: str) -> list[Any]:
        return [one(part.strip()) for part in _SEPARATORS.split(cell) if part.strip()]

    return read
