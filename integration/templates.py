"""Small valid drafts for newcomers."""

import time

from google.protobuf.json_format import ParseDict
from google.protobuf.timestamp_pb2 import Timestamp

from schemas import message_ids
from yrd.exchange.v1.message_pb2 import Draft

_PLACE = {
    "adminCode": "310115",
    "point": {"latitude": 31.22, "longitude": 121.54, "crs": "COORDINATE_SYSTEM_WGS84"},
}
_BODIES: dict[str, dict[str, object]] = {
    "incident_report": {
        "kind": "REPORT_KIND_INITIAL",
        "title": "测试：道路积水",
        "primaryType": {"scheme": "GB/T 35561", "value": "11A02"},
        "place": _PLACE,
        "casualties": {"dead": 0},
        "description": "A first message.",
    },
    "resource_status": {
        "owner": "310000",
        "name": "测试泵车",
        "kind": "RESOURCE_KIND_EQUIPMENT",
        "capabilities": [{"scheme": "yrd-capability", "value": "flood.pump"}],
        "place": _PLACE,
        "stock": {"unit": "台", "total": 6, "available": 4, "committed": 2, "minimumKept": 2},
        "mobilizeMinutes": 60,
        "transportModes": ["TRANSPORT_MODE_ROAD"],
    },
    "hazmat_alert": {
        "kind": "HAZMAT_ALERT_KIND_LEAK",
        "place": _PLACE,
        "description": "测试",
    },
}
KINDS = tuple(_BODIES)


def make(kind: str) -> Draft:
    """A draft of one of KINDS with a fresh id, in mode TEST, valid at the gateway of 310000."""
    now = time.time()
    told = Timestamp(seconds=int(now)).ToJsonString()
    message_id = message_ids.new(int(now * 1000))
    header = {
        "messageId": message_id,
        "entityId": f"310000/try/{message_id[-12:]}",
        "revision": 1,
        "mode": "MODE_TEST",
        "priority": "PRIORITY_ROUTINE",
        "occurredTime": told,
        "reportedTime": told,
        "dataLevel": "DATA_LEVEL_GENERAL_1",
    }
    return ParseDict({"header": header, kind: _BODIES[kind]}, Draft())
