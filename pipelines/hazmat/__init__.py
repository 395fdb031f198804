"""The watch over dangerous goods on the road: trips, handovers at borders, isolation zones."""

from pipelines.hazmat.context import Context, context_of
from pipelines.hazmat.memory import Memory, Told, views_of
from pipelines.hazmat.trip import TripView, trip_view
from pipelines.hazmat.watch import Watch, evaluate, told_by_waybill

__all__ = [
    "Context",
    "Memory",
    "Told",
    "TripView",
    "Watch",
    "context_of",
    "evaluate",
    "told_by_waybill",
    "trip_view",
    "views_of",
]
