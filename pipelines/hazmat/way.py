"""The way of a trip: the provinces on it, how far the vehicle has come, and the border that is next."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from schemas.codes.tables import neighbors, province_of
from yrd.exchange.v1.message_pb2 import Message
from yrd.hazmat.v1.hazmat_pb2 import MOVEMENT_KIND_BORDER_CROSSED, VehicleMovement, Waybill

_CROSSED = MOVEMENT_KIND_BORDER_CROSSED


class Way(NamedTuple):
    """Provinces in order, `declared` on the waybill or else from origin and destination.

    `province` is where the vehicle was last, `border` the next one, None if there is none ahead.
    `strayed` is the movement by which it came into a province that its way does not lead to.
    """

    declared: bool
    province: str
    border: tuple[str, str] | None
    strayed: Message | None


def way_of(waybill: Waybill, movements: Sequence[Message]) -> Way:
    """The way as far as these movements, oldest first, tell."""
    start = province_of(waybill.origin.admin_code)
    goal = province_of(waybill.destination.admin_code)
    declared = len(waybill.route_provinces) > 0
    listed = waybill.route_provinces if declared else (start, goal)
    provinces = [code for code, _ in groupby(map(province_of, listed))]
    at, province, strayed = 0, provinces[0] if declared else start, None
    for message in movements:
        province = province_after(message.vehicle_movement)
        ahead = _find(provinces, province, at)
        strayed = message if ahead is None else None
        at = at if ahead is None else ahead
    if strayed is not None:
        return Way(declared, province, _direct(province, goal), strayed)
    border = (provinces[at], provinces[at + 1]) if at + 1 < len(provinces) else None
    if border and not declared:
        border = _direct(*border)
    return Way(declared, province, border, None)


def province_after(movement: VehicleMovement) -> str:
    """The province in which the vehicle is after a movement."""
    if movement.kind == _CROSSED:
        return province_of(movement.to_province)
    return province_of(movement.place.admin_code)


def _find(provinces: Sequence[str], province: str, start: int) -> int | None:
    return next((i for i in range(start, len(provinces)) if provinces[i] == province), None)


def _direct(province: str, goal: str) -> tuple[str, str] | None:
    """The border between two provinces if they adjoin; a way through a third is nobody's guess."""
    return (province, goal) if goal in neighbors(province) else None
