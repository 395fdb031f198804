"""What of a dangerous substance is there: how much, and in what."""

from collections.abc import Mapping
from typing import NamedTuple

from pipelines.hazmat.limits import limit
from yrd.common.v1.common_pb2 import Quantity
from yrd.hazmat.v1.hazmat_pb2 import Goods, Waybill
from yrd.incident.v1.incident_pb2 import Substance

_LITRES: Mapping[str, float] = {
    "l": 1, "升": 1, "公升": 1, "kl": 1000, "m3": 1000, "m³": 1000, "㎥": 1000, "立方米": 1000, "方": 1000,
    "ml": 0.001, "毫升": 0.001,
}  # fmt: skip
_KILOGRAMS: Mapping[str, float] = {
    "kg": 1, "公斤": 1, "千克": 1, "t": 1000, "吨": 1000, "g": 0.001, "克": 0.001,
}  # fmt: skip
_BOTTLES = ("瓶", "cylinder")
_TANKS = ("罐", "tank", "槽")


class Load(NamedTuple):
    """One substance. `large`: more than a small spill, or not known to be one.

    `vessel` is "tank", "cylinders" or "" if not known; `tank_litres` its volume where known.
    """

    un_number: str
    large: bool
    amount_known: bool
    kilograms: float | None
    vessel: str
    tank_litres: float | None
    message_ids: tuple[str, ...] = ()


def load_of_goods(goods: Goods, waybill: Waybill | None) -> Load:
    """Goods on the road; the waybill says whether they are in a tank."""
    tank = waybill is not None and bool(waybill.tank_number or waybill.HasField("tank_volume_m3"))
    vessel = "tank" if tank else _vessel(goods.packing)
    volume = waybill.tank_volume_m3 * 1000 if tank and waybill and waybill.tank_volume_m3 else None
    return _load(goods.un_number, goods.quantity, vessel, volume)


def load_of_substance(substance: Substance) -> Load:
    """A substance of an incident: what got out, else what is there."""
    released = substance.HasField("released_quantity")
    there = substance.HasField("quantity")
    quantity = substance.released_quantity if released else substance.quantity
    return _load(substance.un_number, quantity if released or there else None, "", None)


def _load(un: str, quantity: Quantity | None, vessel: str, tank_litres: float | None) -> Load:
    unit = quantity.unit.strip().lower() if quantity else ""
    litres = quantity.value * _LITRES[unit] if quantity and unit in _LITRES else None
    mass = quantity.value * _KILOGRAMS[unit] if quantity and unit in _KILOGRAMS else None
    small = (litres is not None and litres <= limit("small_spill").value) or (
        mass is not None and mass <= limit("small_mass").value
    )
    known = litres is not None or mass is not None
    return Load(un, not small, known, mass, vessel, tank_litres)


def _vessel(packing: str) -> str:
    text = packing.lower()
    if any(word in text for word in _BOTTLES):
        return "cylinders"
    return "tank" if any(word in text for word in _TANKS) else ""
