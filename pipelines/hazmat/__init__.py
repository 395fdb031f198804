"""The watch over dangerous goods on the road: trips, handovers at borders, isolation zones."""

from pipelines.hazmat.context import Context, context_of
from pipelines.hazmat.trip import TripView, trip_view
from pipelines.hazmat.watch import Told, Watch, evaluate, told_by_waybill, views_of

__all__ = [
    "Context",
    "Told",
    "TripView",
    "Watch",
    "context_of",
    "evaluate",
    "told_by_waybill",
    "trip_view",
    "views_of",
]
