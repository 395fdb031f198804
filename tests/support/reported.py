"""Messages that a picture has something on every subject from: what a situation report must tell."""

from tests.support.aid_story import (
    asked,
    committed,
    deployed,
    extension,
    left,
    offered,
    ordered,
    there,
)
from tests.support.builders import need
from tests.support.hazmat import WIND, leak, moved, tanker
from tests.support.nature import felt, fix, level, quake, storm
from tests.support.situation import (
    after,
    answer,
    control,
    incident,
    offer,
    request,
    request_line,
    resource,
    stock,
    text,
    warning,
    waybill,
)
from yrd.exchange.v1.message_pb2 import Message

NEAR, FAR = (29.9, 122.3), (30.9, 120.7)
RADII = {7: (150.0, 300.0), 10: (50.0, 90.0)}
SHELTER = {"kind": "RESOURCE_KIND_SHELTER", "name": "金山学校", "place": {
    "adminCode": "310116", "point": {"latitude": 30.8, "longitude": 121.09, "crs": "COORDINATE_SYSTEM_WGS84"},
}} | stock(600, unit="床")  # fmt: skip

STORM = storm(
    [fix(after(hours=3), NEAR, radii=RADII, windMps=38, pressureHpa=965)],
    [fix(after(hours=15), FAR, radii={7: RADII[7]})],
    at=after(hours=3),
)
"""A storm off Zhoushan; its forecast states no radius of force ten."""
LEAK: list[Message] = [
    tanker(),
    moved("DEPARTED", revision=1),
    moved(minutes=1, revision=2),
    leak(WIND | {"windFromDegrees": 270}),
    waybill("310000/waybill/petrol"),
    moved(
        "STOPPED",
        2,
        (30.81, 121.1),
        entity="310000/trip/petrol",
        waybill_id="310000/waybill/petrol",
        revision=1,
    ),
    resource("310000/shelter/school", SHELTER),
]
"""Chlorine gets out of a tanker, upwind of a shelter and of another tanker."""
COURSE: list[Message] = [
    incident(),
    asked({"answerByTime": text(after(minutes=10))}),
    offered(told=after(minutes=20)),
    ordered(told=after(minutes=30)),
    committed(told=after(minutes=40)),
    deployed("MOBILIZING", told=after(minutes=50)),
    left(after(minutes=60)),
    there(after(minutes=200), departure=after(minutes=60)),
    extension(
        "310000/extension/1",
        {"step": "EXTENSION_STEP_REQUESTED", "untilTime": text(after(hours=30))},
        told=after(minutes=210),
    ),
    resource("320000/pumps/1", {"stock": {"unit": "台", "total": 8, "available": 8}}),
]
"""Six pumps asked for, promised and on scene; to stay longer is not answered yet."""
TWICE: list[Message] = [
    request("330000/request/other", {"requester": "330000", "addressedTo": ["320000"],
            "incidentId": "330000/flood/other",
            "lines": [request_line(need(), reportTo={"adminCode": "330100"})]}),
    answer("320000/answer/other", [offer(5)], {"requestId": "330000/request/other"}),
]  # fmt: skip
"""Five of the eight pumps are promised to Zhejiang as well."""
NATURE: list[Message] = [
    level(value=3.6, at=after(hours=3)),
    level(value=3.8, at=after(minutes=235), revision=2),
    level("320000/level/pingwang", 4.1, at=after(minutes=230)),
    quake(changes={"intensityAreas": [felt(4, "320900")]}),
    warning(),
    control(),
]

EVERYTHING = [STORM, *LEAK, *COURSE, *TWICE, *NATURE]
