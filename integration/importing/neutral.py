"""Cells that a spreadsheet would run as formulas, made harmless in files that we write."""

_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""The full-width ones, too: some spreadsheets take them for the others."""


def neutral(text: str) -> str:
    """The text, behind an apostrophe where it begins as formulas do: a spreadsheet then shows it as text."""
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS) else text


def plain(text: str) -> str:
    """The text without the apostrophe that `neutral` puts before it."""
    return text[1:] if text.startswith("'") and text[1:].lstrip(" ").startswith(_STARTS) else text
