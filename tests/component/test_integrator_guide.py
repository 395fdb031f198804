"""The integrator's guide: its lines and its programs are run as they stand, against a door and a gateway."""

import shutil
from pathlib import Path

from tests.component.test_http_callers import certified
from tests.support import door as doors
from tests.support.blocks import ROOT, blocks, run
from tests.support.scene import Scene

GUIDE = "docs/guide/integrator.md"


def test_its_lines_do_what_they_say(scene: Scene, tmp_path: Path) -> None:
    for program in (ROOT / "docs" / "guide").glob("*.py"):
        shutil.copy(program, tmp_path)
    curl, smallest, grpc = blocks(GUIDE, "run")
    with doors.door(scene, tls=certified(scene.materials)) as door:
        told = {"DOOR": door.url, "CA": str(door.ca), "TOKEN": door.token}
        said = run(curl, tmp_path, told)
        assert said.count('"messageId"') == 2
        said = run(smallest, tmp_path, told)
        accepted, read = said.splitlines()
        assert accepted.startswith("accepted ")
        assert read.startswith("1 incidentReport 310000/try/")
        assert (tmp_path / "place.txt").read_text() == "1"
    ca, certificate, key = scene.materials.system("310000", "console")
    names = {"CA": str(ca), "CERTIFICATE": str(certificate), "KEY": str(key)}
    said = run(grpc, tmp_path, {"GATEWAY": scene.config.listen, **names})
    assert said.startswith("accepted ")


def test_the_smallest_client_tells_a_refusal(scene: Scene, tmp_path: Path) -> None:
    shutil.copy(ROOT / "docs" / "guide" / "smallest.py", tmp_path)
    block = """
yrd template incident_report | sed 's/11A02/99Z99/' > bad.json
python3 smallest.py publish bad.json || echo "status $?"
"""
    with doors.door(scene, tls=certified(scene.materials)) as door:
        told = {"DOOR": door.url, "CA": str(door.ca), "TOKEN": door.token}
        said = run(block, tmp_path, told)
    assert "refused CONTRACT_VIOLATED" in said
    assert "incident_report.primary_type" in said
    assert "status 1" in said
