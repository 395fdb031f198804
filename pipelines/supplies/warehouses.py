"""Warehouses of emergency supplies as planned (应急物资储备库): tables/warehouses.tsv."""

from collections.abc import Sequence
from functools import cache

from pipelines.tabled import rows
from yrd.situation.v1.supplies_pb2 import WarehouseTier


@cache
def tiers() -> Sequence[WarehouseTier]:
    """The tiers of the plan; where it gives no number, none is made up."""
    return tuple(
        WarehouseTier(
            tier=row["tier"],
            admin_code=row["admin_code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            planned=int(row["planned"]) if row["planned"] else None,
            source=row["source"],
        )
        for row in rows("warehouses")
    )
