"""Realistic messages in any number, from a seed.

Shares are those of Shanghai's dangerous goods on the road, 2019: class 3 46.4 %, class 2 25.2 % of
the volume, more than 70 % within the city, and of what leaves, 3.0 Mt to Jiangsu, 2.0 Mt to Zhejiang,
0.3 Mt to Anhui (fx361.cc/page/2022/0722/14549826.shtml). Plates, firms and people are invented.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

from schemas import message_ids
from schemas.codes.tables import point_of
from yrd.common.v1.common_pb2 import Place
from yrd.exchange.v1.message_pb2 import Draft, Header
from yrd.hazmat.v1.hazmat_pb2 import Plate

# share of all messages: a trip is told by many movements
_KINDS = (("movement", 0.72), ("waybill", 0.12), ("resource", 0.1), ("incident", 0.06))
# UN number, name, division; shares of the two large classes as above
_GOODS = (
    (("1203", "汽油", "3"), 0.37),
    (("1230", "甲醇", "3"), 0.094),
    (("1075", "液化石油气", "2.1"), 0.152),
    (("1017", "氯", "2.3"), 0.04),
    (("1005", "氨", "2.3"), 0.06),
    (("1791", "次氯酸盐溶液", "8"), 0.184),
    (("2794", "蓄电池", "8"), 0.1),
)
_FLOWS = {
    "310000": (("310000", 0.7), ("320000", 0.17), ("330000", 0.113), ("340000", 0.017)),
    "320000": (("320000", 0.75), ("310000", 0.15), ("330000", 0.06), ("340000", 0.04)),
    "330000": (("330000", 0.78), ("310000", 0.14), ("320000", 0.07), ("340000", 0.01)),
    "340000": (("340000", 0.85), ("320000", 0.12), ("330000", 0.03)),
}
_COUNTIES = {
    "310000": ("310115", "310116", "310118", "310120", "310114"),
    "320000": ("320509", "320583", "320585", "320211", "320106"),
    "330000": ("330206", "330212", "330281", "330421", "330482"),
    "340000": ("340103", "340202", "341102", "341302", "340503"),
}
_LETTER = {"310000": "沪", "320000": "苏", "330000": "浙", "340000": "皖"}
_PLATE = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
_PADDING = "G15沈海高速"


def generate(
    participant: str, count: int, seed: int, start: datetime, size_bytes: int = 0
) -> Iterator[Draft]:
    """`count` drafts that a participant may publish, one a second from `start` (aware) on.

    With `size_bytes`, each is padded to about that size. Equal arguments make equal drafts.
    """
    random = Random(f"{participant}|{seed}")
    names, weights = [name for name, _ in _KINDS], [share for _, share in _KINDS]
    makers: dict[str, Callable[[Random, str, str], Draft]] = {
        "movement": _movement,
        "waybill": _waybill,
        "resource": _resource,
        "incident": _incident,
    }
    moved: Counter[str] = Counter()
    for number in range(count):
        draft = makers[random.choices(names, weights)[0]](random, participant, f"{seed}-{number}")
        name = f"{participant}/load/{seed}-{number}"
        if draft.HasField("vehicle_movement"):
            name = f"{draft.vehicle_movement.waybill_id}/{seed}"  # a trip is one entity
            moved[name] += 1
        told = start + timedelta(seconds=number)
        _set_header(draft.header, name, moved[name] or 1, told, f"{seed}-{number}")
        if size_bytes:
            _pad(draft, size_bytes)
        yield draft


def _set_header(header: Header, entity: str, revision: int, told: datetime, seed: str) -> None:
    digest = sha256(f"{entity}|{seed}".encode()).digest()
    header.message_id = message_ids.derived(int(told.timestamp() * 1000), digest)
    header.entity_id, header.revision = entity, revision
    header.mode, header.exercise_id = 2, "load"  # type: ignore[assignment]  # MODE_EXERCISE
    header.priority, header.data_level = 3, 2  # type: ignore[assignment]  # routine, general 2
    header.occurred_time.FromDatetime(told)
    header.reported_time.FromDatetime(told)


def _pad(draft: Draft, size_bytes: int) -> None:
    missing = size_bytes - draft.ByteSize()
    text = (_PADDING * (missing // len(_PADDING.encode()) + 1)).encode()[: max(0, missing - 4)]
    _place(draft).address = text.decode(errors="ignore")[:500]


def _place(draft: Draft) -> Place:
    body = getattr(draft, draft.WhichOneof("body") or "")
    place: Place = body.origin if draft.HasField("waybill") else body.place
    return place


def _county(random: Random, province: str) -> str:
    return random.choice(_COUNTIES[province])


def _set_place(place: Place, random: Random, county: str) -> None:
    latitude, longitude = point_of(county) or (31.0, 121.0)
    place.admin_code = county
    place.point.latitude = round(latitude + random.uniform(-0.05, 0.05), 5)
    place.point.longitude = round(longitude + random.uniform(-0.05, 0.05), 5)
    place.point.crs = 1  # type: ignore[assignment]  # WGS84


def _set_plate(plate: Plate, random: Random, participant: str) -> None:
    tail = "".join(random.choices(_PLATE, k=5))
    plate.number = f"{_LETTER.get(participant, '沪')}{random.choice('ABCDE')}{tail}"
    plate.color = 2  # type: ignore[assignment]  # yellow


def _movement(random: Random, participant: str, name: str) -> Draft:
    draft = Draft()
    movement = draft.vehicle_movement
    movement.waybill_id = f"{participant}/load/trip-{random.randrange(1000)}"
    _set_plate(movement.vehicle, random, participant)
    movement.kind = random.choice((2, 2, 2, 2, 3, 5))  # type: ignore[assignment]
    _set_place(movement.place, random, _county(random, participant))
    movement.speed_kmh = round(random.uniform(0, 80), 1)
    movement.heading_degrees = round(random.uniform(0, 359), 1)
    movement.road = random.choice(("G15", "G50", "G60", "S2"))
    return draft


def _waybill(random: Random, participant: str, name: str) -> Draft:
    draft = Draft()
    waybill = draft.waybill
    waybill.step = 1  # type: ignore[assignment]  # issued
    waybill.waybill_number = f"YD-{name}"
    for role in (waybill.consignor, waybill.consignee, waybill.carrier):
        role.name = random.choice(("甲化工公司", "乙能源公司", "丙运输公司"))
    waybill.consignor.contact_name, waybill.consignor.phone = "张一", "021-55500000"
    waybill.departure_time.FromSeconds(1_600_000_000)
    provinces, shares = zip(*_FLOWS[participant], strict=True)
    _set_place(waybill.origin, random, _county(random, participant))
    _set_place(waybill.destination, random, _county(random, random.choices(provinces, shares)[0]))
    _set_plate(waybill.vehicle, random, participant)
    waybill.driver.name, waybill.driver.certificate_number = (
        "王三",
        f"3300{random.randrange(10**8)}",
    )
    kinds, weights = zip(*_GOODS, strict=True)
    goods = waybill.goods.add()
    goods.un_number, goods.name, goods.division = random.choices(kinds, weights)[0]
    goods.quantity.value, goods.quantity.unit = round(random.uniform(5, 30), 1), "t"
    return draft


def _resource(random: Random, participant: str, name: str) -> Draft:
    draft = Draft()
    status = draft.resource_status
    status.owner, status.name, status.kind = participant, f"泵车队 {name}", 3  # type: ignore[assignment]
    status.capabilities.add(scheme="yrd-capability", value="flood.pump")
    _set_place(status.place, random, _county(random, participant))
    stock = status.stock
    stock.unit, stock.total = "台", random.randrange(10, 80)
    stock.available, stock.minimum_kept = stock.total // 2, stock.total // 4
    status.contact.person_name, status.contact.phone = "李二", "021-55500001"
    return draft


def _incident(random: Random, participant: str, name: str) -> Draft:
    draft = Draft()
    report = draft.incident_report
    report.kind, report.title = 1, f"道路事故 {name}"  # type: ignore[assignment]
    report.primary_type.scheme, report.primary_type.value = "GB/T 35561", "12H01"
    _set_place(report.place, random, _county(random, participant))
    report.casualties.injured = random.randrange(3)
    report.reporter.person_name, report.reporter.phone = "赵四", "021-55500002"
    return draft
