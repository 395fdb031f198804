"""Who could give what to whom: one plan over all open needs, from plain values."""

from pipelines.allocation.model import Demand, Option, Plan, Share, Supply
from pipelines.allocation.plan import allocate

__all__ = ["Demand", "Option", "Plan", "Share", "Supply", "allocate"]
