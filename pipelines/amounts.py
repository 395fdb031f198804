"""Amounts as people read them."""


def amount(value: float) -> str:
    """Up to two decimals, thousands apart: 1,234,567 or 5.5."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")
