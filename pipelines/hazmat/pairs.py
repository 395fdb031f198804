"""One vehicle in two places: waybills under way at once whose vehicle can't be in both places."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from pipelines.facts.instants import in_order
from pipelines.facts.questions import Question, about
from pipelines.hazmat.oddities import too_far
from pipelines.hazmat.trip import TripView
from yrd.exchange.v1.message_pb2 import Message


def two_places(views: Iterable[TripView]) -> Iterator[Question]:
    """Newest movements of one vehicle under several waybills, taken in the order of their times."""
    first: dict[tuple[str, int], Message] = {}
    more: dict[tuple[str, int], list[Message]] = {}
    for view in views:
        if view.under_way and view.movements:
            newest = view.movements[-1]
            plate = newest.vehicle_movement.vehicle
            other = first.setdefault((plate.number, plate.color), newest)
            if other is not newest:
                more.setdefault((plate.number, plate.color), [other]).append(newest)
    for seen in more.values():
        for before, after in pairwise(sorted(seen, key=in_order)):
            if too_far(before, after):
                yield about(
                    after,
                    "vehicle_in_two_places",
                    "vehicle_movement.place",
                    f"同一车辆另按运单{before.vehicle_movement.waybill_id}出现在别处，时间内不可能到达",
                    "the same vehicle was elsewhere under waybill "
                    f"{before.vehicle_movement.waybill_id}, too far away to have come here",
                )
