"""Bodies of the types that builders.py has none of, as ProtoJSON."""

from typing import Any

from tests.support.builders import place

CONTACT = {"organization": "值班室", "personName": "张三", "phone": "021-55512345"}
DRIVER = {"name": "李四", "certificateNumber": "310000000000000000", "phone": "13800000000"}
DIGEST = "0" * 64


def goods(un_number: str = "1203", **changes: Any) -> dict[str, Any]:
    """Goods on a waybill: a ton of petrol."""
    return {
        "unNumber": un_number,
        "name": "汽油",
        "division": "3",
        "quantity": {"value": 1, "unit": "t"},
    } | changes


def waybill_body(**changes: Any) -> dict[str, Any]:
    """A waybill with a driver (personal.driver) and a consignor's phone (personal.contact)."""
    return {
        "waybillNumber": "1",
        "step": "WAYBILL_STEP_ISSUED",
        "consignor": {"name": "甲", "contactName": "王五", "phone": "021-55500000"},
        "consignee": {"name": "乙"},
        "carrier": {"name": "丙"},
        "departureTime": "2026-06-01T08:00:00Z",
        "origin": place(),
        "destination": place("320509"),
        "vehicle": {"number": "沪A12345", "color": "PLATE_COLOR_YELLOW"},
        "driver": DRIVER,
        "goods": [goods()],
    } | changes


def warning_body(issuer: str = "310000", **changes: Any) -> dict[str, Any]:
    """A blue warning."""
    return {
        "identifier": "31000041600000_20260601200000",
        "action": "WARNING_ACTION_ISSUE",
        "color": "WARNING_COLOR_BLUE",
        "eventType": {"scheme": "GB/T 35561", "value": "11B01"},
        "issueTime": "2026-06-01T12:00:00Z",
        "area": {"adminCodes": ["310000"]},
        "headline": "台风蓝色预警",
        "instruction": "停止高空作业",
        "issuerName": "气象台",
        "issuerAdminCode": issuer,
    } | changes


def summary_body(**changes: Any) -> dict[str, Any]:
    """A situation summary that covers one silent participant."""
    return {
        "asOfTime": "2026-06-01T12:00:00Z",
        "scope": "joint",
        "coverage": [{"participant": "310000", "stale": True}],
        "inputDigest": DIGEST,
    } | changes


def proposal_body(message_id: str, need: dict[str, Any]) -> dict[str, Any]:
    """A proposal for one need that nobody can meet."""
    return {
        "asOfTime": "2026-06-01T12:00:00Z",
        "beneficiary": "310000",
        "lines": [{"need": need, "sourceId": "310000/flood/1", "messageId": message_id}],
        "messageIds": [message_id],
        "inputDigest": DIGEST,
    }
