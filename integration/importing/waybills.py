"""Tables of waybills (危险货物道路运输运单): a row for each kind of goods, those of one number together."""

from collections.abc import Iterator

from integration.importing.columns import Column
from integration.importing.table import AS_OF, Body, Table
from integration.importing.values import (
    flag,
    instant,
    items,
    letters,
    number,
    phone,
    text,
    un_number,
)
from integration.importing.words import COLOR, PACKING, STEP, SYSTEM
from yrd.exchange.v1.message_pb2 import DataLevel

_COLORS = "黄 蓝 黑 白 黄绿 渐变绿 … JT/T 415"
_ENTITY = "整数或小数 a number"


def _finish(body: Body, participant: str) -> None:
    """One column says the coordinate system of both ends."""
    system = body.pop("crs", None)
    for end in ("origin", "destination"):
        if system and "point" in body.get(end, {}):
            body[end]["point"]["crs"] = system


def _company(key: str, zh: str, *, required: bool) -> Iterator[Column]:
    yield Column(key, zh, f"{key}.name", text, required)
    yield Column(f"{key}_contact", f"{zh}联系人", f"{key}.contact_name", text)
    yield Column(f"{key}_phone", f"{zh}电话", f"{key}.phone", phone)
    yield Column(f"{key}_permit", f"{zh}许可证号", f"{key}.permit_number", text)


def _end(key: str, zh: str) -> Iterator[Column]:
    yield Column(
        f"{key}_admin_code",
        f"{zh}行政区划代码",
        f"{key}.admin_code",
        letters,
        True,
        "6、9或12位 digits",
    )
    yield Column(f"{key}_name", f"{zh}名称", f"{key}.name", text)
    yield Column(f"{key}_address", f"{zh}地址", f"{key}.address", text, also=(zh,))
    yield Column(f"{key}_latitude", f"{zh}纬度", f"{key}.point.latitude", number)
    yield Column(f"{key}_longitude", f"{zh}经度", f"{key}.point.longitude", number)


def _crew(key: str, zh: str) -> Iterator[Column]:
    yield Column(key, zh, f"{key}.name", text, also=(f"{zh}姓名",))
    yield Column(
        f"{key}_certificate",
        f"{zh}从业资格证号",
        f"{key}.certificate_number",
        letters,
        help="文本 as text",
    )
    yield Column(f"{key}_phone", f"{zh}电话", f"{key}.phone", phone)


COLUMNS = (
    Column("waybill_number", "运单编号", "waybill_number", text, True, "", ("运单号",)),
    Column("step", "步骤", "step", STEP, True, "签发 变更 作废 完成", ("运单状态",)),
    *_company("consignor", "托运人", required=True),
    *_company("consignee", "收货人", required=True),
    *_company("loader", "装货人", required=False),
    *_company("carrier", "承运人", required=True),
    Column("departure_time", "起运时间", "departure_time", instant, True, "", ("起运日期",)),
    Column("planned_arrival_time", "预计到达时间", "planned_arrival_time", instant),
    *_end("origin", "起运地"),
    *_end("destination", "目的地"),
    Column("crs", "坐标系", "crs", SYSTEM, help="WGS84 or CGCS2000，有经纬度须填 with a point"),
    Column("urban_delivery", "城市配送", "urban_delivery", flag, help="是 否"),
    Column("plate", "车辆号牌", "vehicle.number", letters, True, "", ("车牌号", "车牌号码")),
    Column("plate_color", "车牌颜色", "vehicle.color", COLOR, True, _COLORS, ("号牌颜色",)),
    Column("vehicle_certificate", "道路运输证号", "vehicle_certificate", text),
    Column("trailer_plate", "挂车号牌", "trailer.number", letters),
    Column("trailer_color", "挂车号牌颜色", "trailer.color", COLOR),
    Column("trailer_certificate", "挂车道路运输证号", "trailer_certificate", text),
    Column("tank_number", "罐体编号", "tank_number", text),
    Column("tank_volume", "罐体容积", "tank_volume_m3", number, help="立方米 cubic metres"),
    *_crew("driver", "驾驶员"),
    *_crew("escort", "押运员"),
    Column("un_number", "UN编号", "goods[].un_number", un_number, True, "", ("联合国编号",)),
    Column("goods_name", "货物名称", "goods[].name", text, True, "", ("品名",)),
    Column(
        "division",
        "类别项别",
        "goods[].division",
        letters,
        True,
        "如 2.1",
        ("危险货物类别", "项别"),
    ),
    Column(
        "packing_group", "包装类别", "goods[].packing_group", PACKING, help="I II III，无则不填"
    ),
    Column("packing", "包装规格", "goods[].packing", text),
    Column("quantity", "货物数量", "goods[].quantity.value", number, True, _ENTITY, ("数量",)),
    Column("quantity_unit", "数量单位", "goods[].quantity.unit", text, True, "如 t", ("单位",)),
    Column("dispatcher_organization", "调度单位", "dispatcher.organization", text),
    Column("dispatcher", "调度人", "dispatcher.person_name", text),
    Column("dispatcher_phone", "调度人电话", "dispatcher.phone", phone),
    Column(
        "route_provinces",
        "途经省份代码",
        "route_provinces",
        items(letters),
        help="如 330000、310000",
    ),
    Column("route_roads", "行驶路线", "route_roads", items(text), help="如 G15、G50"),
    Column("remarks", "备注", "remarks", text),
    Column(AS_OF, "填报时间", "", instant, help="未填则用文件的修改时间 else the file's own time"),
)

WAYBILLS = Table(
    name="waybills",
    title="危险货物运单 Waybills",
    field="waybill",
    type="yrd.hazmat.v1.Waybill",
    entity="waybill",
    key="waybill_number",
    columns=COLUMNS,
    finish=_finish,
    level=DataLevel.DATA_LEVEL_GENERAL_4,
    entries="goods",
)
