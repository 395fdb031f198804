"""Tables of resources (应急资源): one row is the state of one resource."""

from functools import cache
from typing import Any

from integration.importing.columns import Column
from integration.importing.faults import ValueRefused
from integration.importing.table import AS_OF, Body, Table
from integration.importing.values import (
    instant,
    items,
    letters,
    number,
    phone,
    text,
    until,
    whole,
)
from integration.importing.words import KIND, LEVEL, SYSTEM, TRANSPORT
from schemas.codes.reading import FOLDER
from schemas.codes.resources import read_capabilities
from yrd.exchange.v1.message_pb2 import DataLevel

_OWN, _SUPPLIES = "yrd-capability", "GB/T 38565"


def _capability(cell: str) -> dict[str, str]:
    """By value, by Chinese name, or SCHEME:VALUE of another list."""
    scheme, colon, value = cell.rpartition(":")
    if colon:
        return {"scheme": scheme, "value": value}
    return {"scheme": _OWN, "value": _named().get(cell, cell)}


@cache
def _named() -> dict[str, str]:
    """Capabilities by Chinese name."""
    return {one.name_zh: value for value, one in read_capabilities(FOLDER).items()}


def _type(cell: str) -> dict[str, str]:
    scheme, colon, value = text(cell).rpartition(":")
    return {"scheme": scheme if colon else _SUPPLIES, "value": value}


def _lot(cell: str) -> dict[str, Any]:
    quantity, at, day = cell.partition("@")
    if not at:
        raise ValueRefused("import.lot", f"{cell[:40]!r}: 写作 write 40@2026-05-31, 数量@有效期至")
    return {"quantity": number(quantity), "expire_time": until(day)}


def _finish(body: Body, participant: str) -> None:
    body["owner"] = participant


COLUMNS = (
    Column("id", "编号", "", text, True, "同一资源各次导入不变 the same in each import"),
    Column("name", "名称", "name", text, True),
    Column(
        "kind",
        "类别",
        "kind",
        KIND,
        True,
        "队伍 专家 装备 物资 基地 避难场所 车辆 航空器 船舶",
        ("资源类别",),
    ),
    Column("type", "类型代码", "type", _type, help="GB/T 38565，7位 seven digits"),
    Column(
        "capabilities",
        "能力",
        "capabilities",
        items(_capability),
        help="如 大流量排涝泵车 or flood.pump; 几项用、分开 several parted by 、",
    ),
    Column(
        "admin_code",
        "行政区划代码",
        "place.admin_code",
        letters,
        True,
        "6、9或12位 digits",
        ("区划代码",),
    ),
    Column("place_name", "地点名称", "place.name", text, also=("存放地点", "存放点")),
    Column("address", "地址", "place.address", text, also=("详细地址",)),
    Column("latitude", "纬度", "place.point.latitude", number),
    Column("longitude", "经度", "place.point.longitude", number),
    Column(
        "crs",
        "坐标系",
        "place.point.crs",
        SYSTEM,
        help="WGS84 or CGCS2000，有经纬度须填 with a point",
    ),
    Column("unit", "单位", "stock.unit", text, True, "如 台、顶、人", ("计量单位",)),
    Column("total", "总量", "stock.total", number, True, "", ("数量",)),
    Column(
        "available",
        "可用",
        "stock.available",
        number,
        True,
        "完好且未占用 fit and free",
        ("可用数量",),
    ),
    Column("committed", "已承诺", "stock.committed", number, also=("占用",)),
    Column("minimum_kept", "最低保有量", "stock.minimum_kept", number),
    Column(
        "lots", "批次", "lots", items(_lot), help="数量@有效期至，如 40@2026-05-31、80@2029-12-31"
    ),
    Column("mobilize_minutes", "集结分钟", "mobilize_minutes", whole, also=("集结时间",)),
    Column(
        "transport_modes",
        "运输方式",
        "transport_modes",
        items(TRANSPORT),
        help="道路 铁路 水路 航空",
    ),
    Column("reserve_level", "储备级别", "reserve_level", LEVEL, help="市 区 街镇 居村 家庭"),
    Column("occupants", "入住人数", "occupants", whole),
    Column("organization", "联系单位", "contact.organization", text),
    Column("contact_name", "联系人", "contact.person_name", text, also=("负责人",)),
    Column("phone", "联系电话", "contact.phone", phone, also=("电话",)),
    Column("valid_until", "状态有效至", "valid_until_time", until),
    Column(AS_OF, "统计时间", "", instant, help="未填则用文件的修改时间 else the file's own time"),
)

RESOURCES = Table(
    name="resources",
    title="应急资源 Resources",
    field="resource_status",
    type="yrd.resource.v1.ResourceStatus",
    entity="resource",
    key="id",
    columns=COLUMNS,
    finish=_finish,
    level=DataLevel.DATA_LEVEL_GENERAL_3,
)
