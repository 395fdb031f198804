"""The page for integrators: its examples are run as they stand, against a door, with curl."""

from pathlib import Path

from integration.http.layers import LAYERS
from integration.http.problems import STATUSES
from tests.component.test_http_callers import certified
from tests.support import door as doors
from tests.support.blocks import ROOT, blocks, run
from tests.support.scene import Scene

PAGE = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
QUICK = {"heartbeat_seconds": 0.05}
"""Who reads a stream through `head` sees its end at the next heartbeat."""


def test_its_examples_do_what_they_say(scene: Scene, tmp_path: Path) -> None:
    with doors.door(scene, tls=certified(scene.materials), limits=QUICK) as door:
        told = {"DOOR": door.url, "CA": str(door.ca), "TOKEN": door.token}
        said = [run(block, tmp_path, told) for block in blocks("docs/http.md", "run")]
    published, both, read, followed, resumed, moved, drawn = said
    assert '"messageId"' in published
    assert both.count('"accepted"') == 2
    assert read.count('"incidentReport"') == 2
    assert followed.startswith("retry: 2000\n\nid: 1\nevent: message\n")
    assert resumed.startswith("retry: 2000\n\nid: 2\nevent: message\n")
    assert moved == '{"offset": "1"}'
    assert '"FeatureCollection"' in drawn and "BEGIN:VCALENDAR" in drawn


def test_it_names_every_layer_and_every_status() -> None:
    assert [name for name in LAYERS if f"`{name}`" not in PAGE] == []
    assert [code for code in STATUSES if code not in PAGE and code != "UNIMPLEMENTED"] == []
