"""Messages as GeoJSON: a layer for each type that says where something is."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from google.protobuf import json_format

from integration.http.shapes import Shape, of_area, of_place, of_track, of_track_point
from schemas.catalog import body_of, type_name
from yrd.aid.v1.deployment_pb2 import DeploymentStatus
from yrd.coordination.v1.coordination_pb2 import ResponseAction
from yrd.exchange.v1.message_pb2 import Message, Mode
from yrd.hazmat.v1.handover_pb2 import HandoverStep
from yrd.hazmat.v1.hazmat_pb2 import MovementKind
from yrd.incident.v1.incident_pb2 import ReportKind
from yrd.monitoring.v1.monitoring_pb2 import EarthquakeReportKind
from yrd.warning.v1.warning_pb2 import WarningAction

MEDIA_TYPE = "application/geo+json"
POSITIONS_WITHIN = timedelta(hours=2)
"""A vehicle that was silent for longer is no longer there."""
MOVEMENTS: Mapping[int, str] = MappingProxyType(
    {
        MovementKind.MOVEMENT_KIND_DEPARTED: "出发 departed",
        MovementKind.MOVEMENT_KIND_POSITION: "行驶 on its way",
        MovementKind.MOVEMENT_KIND_CHECKPOINT: "过卡口 at a checkpoint",
        MovementKind.MOVEMENT_KIND_BORDER_CROSSED: "过省界 crossed a border",
        MovementKind.MOVEMENT_KIND_STOPPED: "停车 stopped",
        MovementKind.MOVEMENT_KIND_DEVIATED: "偏离路线 off its route",
        MovementKind.MOVEMENT_KIND_OFFLINE: "离线 not heard",
    }
)
Parts = Iterator[tuple[str, Shape]]


@dataclass(frozen=True, slots=True)
class Layer:
    """`label` names an entity in a line; `parts` are what is drawn of it; `over`: nothing, any more."""

    type: str
    label: Callable[[Any], str]
    parts: Callable[[Any], Parts]
    over: Callable[[Any, datetime], bool] = lambda _body, _now: False
    within: timedelta | None = None
    """Of what comes again and again: how long ago the gateway may have received it."""


def _incident(body: Any) -> Parts:
    yield "place", of_place(body.place)
    if body.HasField("affected_area"):
        yield "affected_area", of_area(body.affected_area)


def _warning(body: Any) -> Parts:
    yield "area", of_area(body.area)
    if body.typhoon.observed:
        yield "observed_track", of_track(body.typhoon.observed)
    if body.typhoon.forecast:
        yield "forecast_track", of_track(body.typhoon.forecast)


def _site(body: Any) -> Parts:
    yield "place", of_place(body.place)
    if body.HasField("reach"):
        yield "reach", of_area(body.reach)


def _earthquake(body: Any) -> Parts:
    yield "epicenter", of_track_point(body.epicenter)
    for felt in body.intensity_areas:
        yield f"intensity_{felt.intensity}", of_area(felt.area)


def _place(body: Any) -> Parts:
    yield "place", of_place(body.place)


def _area(body: Any) -> Parts:
    yield "area", of_area(body.area)


def _deployment(body: Any) -> Parts:
    if body.HasField("place"):
        yield "place", of_place(body.place)


def _crossing(body: Any) -> Parts:
    yield "crossing", of_place(body.crossing)


def _past(body: Any, field: str, now: datetime) -> bool:
    return body.HasField(field) and _instant(getattr(body, field)) <= now


def _instant(time: Any) -> datetime:
    return datetime.fromisoformat(time.ToJsonString())


LAYERS: Mapping[str, Layer] = MappingProxyType(
    {
        "incidents": Layer(
            "yrd.incident.v1.IncidentReport",
            lambda b: str(b.title),
            _incident,
            lambda b, _: b.kind == ReportKind.REPORT_KIND_WITHDRAWAL,
        ),
        "warnings": Layer(
            "yrd.warning.v1.EarlyWarning",
            lambda b: str(b.headline),
            _warning,
            lambda b, now: (
                b.action == WarningAction.WARNING_ACTION_CANCEL or _past(b, "expire_time", now)
            ),
        ),
        "resources": Layer("yrd.resource.v1.ResourceStatus", lambda b: str(b.name), _place),
        "deployments": Layer(
            "yrd.aid.v1.AidDeployment",
            lambda b: f"{b.resource_id} → {b.requester}",
            _deployment,
            lambda b, _: b.status == DeploymentStatus.DEPLOYMENT_STATUS_ABORTED,
        ),
        "controls": Layer(
            "yrd.coordination.v1.ControlMeasure",
            lambda b: str(b.object_name or b.reason),
            _area,
            lambda b, now: b.lifted or _past(b, "end_time", now),
        ),
        "responses": Layer(
            "yrd.coordination.v1.ResponseActivation",
            lambda b: str(b.plan),
            _area,
            lambda b, _: b.action == ResponseAction.RESPONSE_ACTION_END,
        ),
        "hazmat-alerts": Layer(
            "yrd.hazmat.v1.HazmatAlert",
            lambda b: str(b.description),
            _place,
            lambda b, _: b.closed,
        ),
        "handovers": Layer(
            "yrd.hazmat.v1.BorderHandover",
            lambda b: f"{b.from_province} → {b.to_province}",
            _crossing,
            lambda b, _: b.step == HandoverStep.HANDOVER_STEP_CLOSED,
        ),
        "positions": Layer(
            "yrd.hazmat.v1.VehicleMovement",
            lambda b: f"{b.vehicle.number} {MOVEMENTS.get(b.kind, '')}".rstrip(),
            _place,
            lambda b, _: b.kind == MovementKind.MOVEMENT_KIND_ARRIVED,
            POSITIONS_WITHIN,
        ),
        "observations": Layer(
            "yrd.monitoring.v1.Observation",
            lambda b: f"{b.station_name} {b.value:g} {b.unit}",
            _place,
        ),
        "earthquakes": Layer(
            "yrd.monitoring.v1.EarthquakeReport",
            lambda b: str(b.location_name),
            _earthquake,
            lambda b, _: b.kind == EarthquakeReportKind.EARTHQUAKE_REPORT_KIND_WITHDRAWN,
        ),
        "risk-sites": Layer(
            "yrd.monitoring.v1.RiskSite", lambda b: str(b.name), _site, lambda b, _: b.closed
        ),
    }
)


def in_force(message: Message, layer: Layer, now: datetime) -> bool:
    """Whether there is still something to show: not expired, withdrawn, lifted or closed."""
    head = message.header
    return not _past(head, "expire_time", now) and not layer.over(body_of(message), now)


def collection(messages: Collection[Message], layer: Layer, now: datetime) -> bytes:
    """A FeatureCollection of what is in force; of an entity a feature for each part."""
    features = [f for m in messages if in_force(m, layer, now) for f in _features(m, layer)]
    found = {"type": "FeatureCollection", "features": features}
    return json.dumps(found, ensure_ascii=False).encode()


def _features(message: Message, layer: Layer) -> Iterator[dict[str, Any]]:
    body, named = body_of(message), _named(message, layer)
    told: dict[str, Any] = {} if body is None else {"body": json_format.MessageToDict(body)}
    for part, shape in layer.parts(body):
        own = {"part": part, "geometryFrom": shape.source}
        yield {
            "type": "Feature",
            "id": f"{named['origin']}/{named['entityId']}#{part}",
            "geometry": shape.geometry,
            "properties": {**named, **own, **told},
        }
        told = {}  # what was said stands at the first part alone


def _named(message: Message, layer: Layer) -> dict[str, Any]:
    """What a feature says of its message."""
    head, absent = message.header, list(message.receipt.absent_groups)
    found: dict[str, Any] = {
        "label": layer.label(body_of(message)),
        "type": type_name(message),
        "messageId": head.message_id,
        "entityId": head.entity_id,
        "revision": head.revision,
        "origin": message.stamp.origin,
        "mode": Mode.Name(head.mode).removeprefix("MODE_").lower(),
        "occurredTime": head.occurred_time.ToJsonString(),
        "reportedTime": head.reported_time.ToJsonString(),
    }
    if head.exercise_id:
        found["exerciseId"] = head.exercise_id
    if head.incident_ids:
        found["incidentIds"] = list(head.incident_ids)
    return found | ({"absentGroups": absent} if absent else {})
