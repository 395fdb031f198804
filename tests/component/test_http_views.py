"""The HTTP door's map, calendar and description of itself."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf import json_format
from icalendar import Calendar
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from shapely.geometry import shape

from integration.http import openapi
from integration.http.layers import LAYERS
from integration.templates import KINDS, make, samples_of
from tests.support import door as doors
from tests.support.bodies import warning_body
from tests.support.builders import draft, incident_body, place, resource_body
from tests.support.door import Running
from tests.support.scene import Scene

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
CRS = {"crs": "COORDINATE_SYSTEM_WGS84"}
SQUARE = [(31.0, 121.0), (31.5, 121.0), (31.5, 121.5), (31.0, 121.5), (31.0, 121.0)]


@pytest.fixture
def door(scene: Scene) -> Iterator[Running]:
    """A door of Shanghai's console."""
    with doors.door(scene) as running:
        yield running


def publish(scene: Scene, body: dict[str, Any], field: str, entity: str, **changes: Any) -> None:
    made = draft(body, field, entity=f"310000/{entity}", **changes)
    (result,) = scene.client.publish([made])
    assert result.HasField("accepted"), result


def control(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "CONTROL_KIND_ROAD",
        "area": {"adminCodes": ["310115"]},
        "objectName": "G15 沈海高速",
        "startTime": "2026-06-01T12:00:00Z",
        "reason": "台风",
        "issuerName": "交通委",
        "issuerAdminCode": "310000",
    } | changes


def features(door: Running, layer: str, query: str = "") -> dict[str, Any]:
    """By what their id ends with; each geometry is read by another library."""
    answer = door.call("GET", f"/v1/{layer}.geojson{query}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/geo+json")
    found = {f["id"].removeprefix("310000/310000/"): f for f in answer.json["features"]}
    assert all(shape(f["geometry"]).is_valid for f in found.values() if f["geometry"])
    return found


def test_incidents_stand_where_they_are(scene: Scene, door: Running) -> None:
    middle = {"latitude": 31.2, "longitude": 121.5, **CRS}
    affected = {"circle": {"center": middle, "radiusMeters": 1000}}
    body = incident_body(place=place("310115", (31.2, 121.5)), affectedArea=affected)
    publish(scene, body, "incidentReport", "a")
    publish(scene, incident_body(), "incidentReport", "b", revision=1)
    found = features(door, "incidents")
    assert set(found) == {"a#place", "a#affected_area", "b#place"}
    assert found["a#place"]["geometry"] == {"type": "Point", "coordinates": [121.5, 31.2]}
    assert found["a#place"]["properties"]["geometryFrom"] == "point"
    assert found["b#place"]["properties"]["geometryFrom"] == "admin_code"
    width = shape(found["a#affected_area"]["geometry"]).bounds
    assert (width[3] - width[1]) * 111_000 == pytest.approx(2000, rel=0.01)
    assert shape(found["a#affected_area"]["geometry"]).exterior.is_ccw
    assert "张三" not in json.dumps(found, ensure_ascii=False), "personal data stand on no map"
    assert found["a#place"]["properties"]["body"]["reporter"] == {"organization": "值班室"}


def test_only_the_newest_of_what_is_in_force_is_shown(scene: Scene, door: Running) -> None:
    publish(scene, incident_body(title="旧"), "incidentReport", "a")
    publish(scene, incident_body(), "incidentReport", "gone")
    assert set(features(door, "incidents")) == {"a#place", "gone#place"}
    publish(scene, incident_body(title="新"), "incidentReport", "a", revision=2)
    publish(
        scene, incident_body(kind="REPORT_KIND_WITHDRAWAL"), "incidentReport", "gone", revision=2
    )
    (one,) = features(door, "incidents").values()
    assert (one["properties"]["label"], one["properties"]["revision"]) == ("新", 2)


def test_an_exercise_is_shown_to_who_asks_for_it(scene: Scene, door: Running) -> None:
    publish(
        scene, incident_body(), "incidentReport", "a", mode="MODE_EXERCISE", exerciseId="autumn"
    )
    assert features(door, "incidents") == {}
    (one,) = features(door, "incidents", "?mode=exercise").values()
    assert (one["properties"]["mode"], one["properties"]["exerciseId"]) == ("exercise", "autumn")


def test_areas_and_tracks_of_warnings(scene: Scene, door: Running) -> None:
    ring = [{"latitude": lat, "longitude": lon, **CRS} for lat, lon in SQUARE]
    fixes = [
        {
            "fixTime": f"2026-06-01T{10 + n}:00:00Z",
            "center": {"latitude": 20 + n, "longitude": 130 - n},
            "source": "NMC",
        }
        for n in range(3)
    ]
    names = {"number": "2606", "nameZh": "烟花", "nameEn": "In-Fa"}
    storm = {**names, "observed": fixes[:2], "forecast": fixes[2:]}
    publish(
        scene, warning_body(area={"polygon": {"ring": ring}}, typhoon=storm), "earlyWarning", "w"
    )
    found = features(door, "warnings")
    kinds = {name: one["geometry"]["type"] for name, one in found.items()}
    assert kinds == {
        "w#area": "Polygon",
        "w#observed_track": "LineString",
        "w#forecast_track": "Point",
    }
    assert found["w#area"]["geometry"]["coordinates"][0][1] == [121.5, 31.0], "counter-clockwise"
    assert "body" not in found["w#forecast_track"]["properties"]


def test_every_layer_can_be_asked_for(scene: Scene, door: Running) -> None:
    publish(scene, resource_body(), "resourceStatus", "pumps")
    publish(scene, control(), "controlMeasure", "c")
    shown = {name: len(features(door, name)) for name in LAYERS}
    assert {name: count for name, count in shown.items() if count} == {
        "resources": 1,
        "controls": 1,
    }


def test_samples_of_every_type_come_through_as_described(scene: Scene, door: Running) -> None:
    made = [
        make(s) for kind in KINDS for s in samples_of(kind).values() if s.participant == "310000"
    ]
    answer = door.call("POST", "/v1/messages", [json_format.MessageToDict(one) for one in made])
    taken = {one["accepted"]["messageId"] for one in answer.json["results"] if "accepted" in one}
    read = door.call("GET", "/v1/messages?pageSize=1000").json
    assert {one["header"]["messageId"] for one in read["messages"]} == taken
    types = {made.WhichOneof("body") for made in made if made.header.message_id in taken}
    assert len(types) > 20, types
    whole = openapi.described()
    Draft202012Validator(whole | {"$ref": "#/components/schemas/Page"}).validate(read)
    drawn = {name: features(door, name, "?mode=test") for name in LAYERS}
    empty = [name for name, found in drawn.items() if not found]
    assert empty == ["deployments"], "those that need no message before them have no place yet"


def test_controls_are_a_calendar(scene: Scene, door: Running) -> None:
    end = (START + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    publish(scene, control(endTime=end), "controlMeasure", "g15")
    publish(scene, control(hazmatOnly=True), "controlMeasure", "open")
    publish(scene, control(lifted=True, hazmatOnly=True), "controlMeasure", "open", revision=2)
    answer = door.call("GET", "/v1/controls.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    read: Any = Calendar.from_ical(answer.body)
    found = {str(e["uid"]): e for e in read.walk("VEVENT")}
    g15, opened = found["310000/g15@310000.yrd"], found["310000/open@310000.yrd"]
    assert (g15["dtstart"].dt, g15["dtend"].dt) == (START, START + timedelta(hours=5))
    assert str(g15["summary"]) == "道路管控 Road control G15 沈海高速"
    assert "310115" in str(g15["location"])
    assert (str(g15["status"]), g15["sequence"]) == ("CONFIRMED", 0)
    assert (str(opened["status"]), opened["sequence"]) == ("CANCELLED", 1)
    assert "仅危险品车辆" in str(opened["summary"]) and "已解除" in str(opened["summary"])


def test_the_description_is_valid_and_anybodys(door: Running) -> None:
    answer = door.call("GET", "/openapi.json", token=None)
    assert (answer.status, answer.json["openapi"]) == (200, "3.1.0")
    OpenAPIV31SpecValidator(answer.json).validate()
