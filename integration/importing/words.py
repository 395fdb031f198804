"""Words of Chinese tables for values of the contract's enums; English names are taken, too."""

from collections.abc import Mapping
from typing import Any

from integration.importing.values import Reader, choice
from schemas.codes.plates import plate_colors
from yrd.common.v1.common_pb2 import CoordinateSystem, TransportMode
from yrd.hazmat.v1.hazmat_pb2 import PackingGroup, PlateColor, WaybillStep
from yrd.resource.v1.resource_pb2 import ReserveLevel, ResourceKind


def _of(enum: Any, prefix: str, words: Mapping[str, str]) -> Reader:
    names = [name for name, value in enum.items() if value]
    english = {name.removeprefix(prefix).lower(): name for name in names}
    whole = {name.lower(): name for name in names}
    return choice({word: f"{prefix}{name}" for word, name in words.items()} | english | whole)


KIND = _of(
    ResourceKind,
    "RESOURCE_KIND_",
    {
        "队伍": "FORCE",
        "救援队伍": "FORCE",
        "专家": "EXPERT",
        "装备": "EQUIPMENT",
        "物资": "SUPPLIES",
        "基地": "BASE",
        "救援基地": "BASE",
        "避难场所": "SHELTER",
        "车辆": "VEHICLE",
        "航空器": "AIRCRAFT",
        "船舶": "VESSEL",
    },
)
LEVEL = _of(
    ReserveLevel,
    "RESERVE_LEVEL_",
    {
        "市": "MUNICIPAL",
        "市级": "MUNICIPAL",
        "省级": "MUNICIPAL",
        "区": "DISTRICT",
        "区级": "DISTRICT",
        "县级": "DISTRICT",
        "街镇": "TOWN",
        "居村": "VILLAGE",
        "家庭": "HOUSEHOLD",
    },
)
TRANSPORT = _of(
    TransportMode,
    "TRANSPORT_MODE_",
    {
        "道路": "ROAD",
        "公路": "ROAD",
        "铁路": "RAIL",
        "水路": "WATER",
        "航空": "AIR",
    },
)
SYSTEM = _of(
    CoordinateSystem,
    "COORDINATE_SYSTEM_",
    {
        "国家大地坐标系": "CGCS2000",
        "火星坐标": "GCJ02",
        "gcj-02": "GCJ02",
        "wgs-84": "WGS84",
    },
)
STEP = _of(
    WaybillStep,
    "WAYBILL_STEP_",
    {
        "签发": "ISSUED",
        "变更": "AMENDED",
        "作废": "VOIDED",
        "完成": "COMPLETED",
    },
)
PACKING = _of(
    PackingGroup,
    "PACKING_GROUP_",
    {
        "1": "I",
        "2": "II",
        "3": "III",
        "ⅰ": "I",
        "ⅱ": "II",
        "ⅲ": "III",
        "无": "UNSPECIFIED",
    },
)
COLOR = _of(
    PlateColor,
    "PLATE_COLOR_",
    {
        word: color.enum.removeprefix("PLATE_COLOR_")
        for color in plate_colors()
        for word in (
            color.name_zh,
            color.name_zh.removesuffix("色"),
            f"{color.name_zh}色",
            str(color.code),
        )
    },
)
