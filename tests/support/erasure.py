"""Gateways with personal data whose term is over, and looking for these data on their disks."""

from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.config import GatewayConfig
from tests.support.bodies import DRIVER, waybill_body
from tests.support.builders import draft, incident_body
from yrd.exchange.v1.message_pb2 import Draft

ORIGIN, CORRIDOR, JOINT = "310000", "320000", "joint"
"""The origin; a peer that is given crews but no reporters; one that is given reporters but no crews."""

REPORTER, CREW = "REPORTER-MARKER", "CREW-MARKER"
INCIDENT = f"{ORIGIN}/flood/old"
NOW = datetime.now(UTC)


def reporter(name: str = REPORTER) -> dict[str, Any]:
    """Who reported it."""
    return {"organization": "值班室", "personName": name, "phone": "021-55512345"}


def old_incident(entity: str = INCIDENT, days: int = 60, **changes: Any) -> Draft:
    """An incident reported days ago, with its reporter."""
    body = incident_body(reporter=reporter())
    return draft(body, entity=entity, told=NOW - timedelta(days=days), **changes)


def final_report(entity: str = INCIDENT, days: int = 40, revision: int = 9) -> Draft:
    """Its final report, days ago, without a reporter."""
    body = incident_body(kind="REPORT_KIND_FINAL", reporter=None)
    return draft(body, entity=entity, revision=revision, told=NOW - timedelta(days=days))


def old_waybill(entity: str = f"{ORIGIN}/truck/old", days: int = 400) -> Draft:
    """A waybill of days ago, with its crew."""
    body = waybill_body(driver=DRIVER | {"name": CREW})
    return draft(body, "waybill", entity=entity, told=NOW - timedelta(days=days))


def on_disk(config: GatewayConfig, *markers: str) -> list[str]:
    """Which of the markers are in any file of a gateway's data folder."""
    files = [path for path in config.data_dir.rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() for path in files)
    return [marker for marker in markers if marker.encode() in kept]
