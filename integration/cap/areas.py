"""Areas of an info as areas of the contract, which hold one outline and one disc each."""

import re
from dataclasses import dataclass

from integration.cap import naming
from integration.cap.alert import Area, Info, Named
from integration.cap.remarks import Kind, Remark, refusal
from yrd.common.v1 import common_pb2 as common
from yrd.common.v1.common_pb2 import CoordinateSystem

_NUMBER = r"[-+]?(?:\d++(?:\.\d*+)?|\.\d++|inf)(?:e[-+]?\d{1,4})?"
_NUMBERS = re.compile(f"{_NUMBER}(?:,{_NUMBER})*", re.ASCII | re.IGNORECASE)


@dataclass(slots=True)
class Part:
    """What becomes one draft."""

    area: common.Area


def parts_of(info: Info, remarks: list[Remark]) -> list[Part]:
    """All areas in as few parts as hold them: a new one for a second outline or disc. Raises CapRefused."""
    parts = [Part(common.Area())]
    for area in info.areas:
        for shape in _shapes(area, remarks):
            last = parts[-1].area
            both_outlined = shape.HasField("polygon") and last.HasField("polygon")
            if both_outlined or (shape.HasField("circle") and last.HasField("circle")):
                parts.append(Part(common.Area()))
            _join(parts[-1].area, shape)
    return parts


def _join(area: common.Area, more: common.Area) -> None:
    new = [code for code in more.admin_codes if code not in area.admin_codes]
    area.admin_codes.extend(new)
    if more.HasField("polygon"):
        area.polygon.CopyFrom(more.polygon)
    if more.HasField("circle"):
        area.circle.CopyFrom(more.circle)


def _shapes(area: Area, remarks: list[Remark]) -> list[common.Area]:
    """The codes with the first outline and disc, then the others."""
    shapes = [common.Area() for _ in range(max(1, len(area.polygons), len(area.circles)))]
    shapes[0].admin_codes.extend(dict.fromkeys(_codes(area, remarks)))
    for shape, text in zip(shapes, area.polygons, strict=False):
        shape.polygon.ring.extend(_ring(text, remarks))
    for shape, text in zip(shapes, area.circles, strict=False):
        shape.circle.CopyFrom(_circle(text))
    return shapes


def _codes(area: Area, remarks: list[Remark]) -> list[str]:
    found = []
    for geocode in area.geocodes:
        if not is_admin(geocode):
            continue
        if geocode.value_name not in (naming.COUNTY, naming.BELOW):
            text = f"{geocode.value_name!r} 读作 read as {naming.area_scheme(geocode.value)!r}"
            remarks.append(Remark(Kind.LENIENT, "alert.info.area.geocode.valueName", text))
        found.append(geocode.value)
    return found


def is_admin(geocode: Named) -> bool:
    """Whether a geocode is an administrative code."""
    return naming.scheme(geocode.value_name) in (naming.COUNTY, naming.BELOW)


def _ring(text: str, remarks: list[Remark]) -> list[common.Point]:
    points = [_point(pair) for pair in _numbers(text, "polygon")]
    if len(points) > 2 and points[0] != points[-1]:
        path, said = "alert.info.area.polygon", "未闭合，补上首点 not closed: the first point added"
        remarks.append(Remark(Kind.LENIENT, path, said))
        points.append(points[0])
    return points


def _circle(text: str) -> common.Circle:
    center, (radius,) = _numbers(text, "circle")
    return common.Circle(center=_point(center), radius_meters=radius * 1000)


def _numbers(text: str, element: str) -> list[list[float]]:
    """Pairs of an outline; of a disc one pair and one number. Raises CapRefused."""
    try:
        found = coordinates(text)
    except ValueError:
        found = []
    sizes = [len(numbers) for numbers in found]
    if not found or sizes != ([2, 1] if element == "circle" else [2] * len(sizes)):
        raise refusal(
            f"alert.info.area.{element}",
            "cap.geometry",
            f"{text[:60]!r} 格式不对，写 write 纬度,经度 lat,lon lat,lon …; circle: lat,lon km",
        )
    return found


def coordinates(text: str) -> list[list[float]]:
    """Numbers with commas between, in groups with spaces between; spaces at commas don't matter.

    Raises ValueError.
    """
    groups = ",".join(part.strip() for part in text.split(",")).split()
    if not all(_NUMBERS.fullmatch(group) for group in groups):
        raise ValueError(text)
    return [[float(number) for number in group.split(",")] for group in groups]


def _point(pair: list[float]) -> common.Point:
    return common.Point(
        latitude=pair[0], longitude=pair[1], crs=CoordinateSystem.COORDINATE_SYSTEM_WGS84
    )


def pair_of(point: common.Point) -> str:
    """A point as CAP has it: latitude first."""
    return f"{point.latitude!r},{point.longitude!r}"


def cap_area(area: common.Area) -> Area:
    """An area of the contract as an area of CAP."""
    codes = list(area.admin_codes)
    polygon = " ".join(pair_of(point) for point in area.polygon.ring)
    circle = f"{pair_of(area.circle.center)} {area.circle.radius_meters / 1000!r}"
    return Area(
        description=naming.area_name(codes),
        polygons=(polygon,) if polygon else (),
        circles=(circle,) if area.HasField("circle") else (),
        geocodes=tuple(Named(naming.area_scheme(code), code) for code in codes),
    )
