"""Code tables as plain values."""

from typing import Any

from schemas.codes.lookup import Known, lists_of
from schemas.plan.patterns import whole_or_never


class Tables:
    """Numbers tables as they are asked for."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self.told: list[dict[str, Any]] = []

    def place(self, table: str) -> int:
        """The place of a table in `told`. Raises KeyError for one without code lists."""
        if table not in self._places:
            found = lists_of(table)
            by_scheme = {scheme: _list(known) for scheme, known in found.by_scheme.items()}
            told = {
                "only": None if found.only is None else _list(found.only),
                "by_scheme": {} if found.only is not None else by_scheme,
                "open": found.refusal is None,
            }
            self._places[table] = len(self.told)
            self.told.append(told)
        return self._places[table]


def _list(known: Known) -> dict[str, Any]:
    rule = known.rule
    return {
        "values": sorted(known.values),
        "refused": sorted(known.refused),
        "pattern": whole_or_never(rule.pattern) if rule.pattern else None,
        "elsewhere": whole_or_never(rule.elsewhere) if rule.elsewhere else None,
        "complete": rule.complete,
        "digits": rule.digits,
    }
