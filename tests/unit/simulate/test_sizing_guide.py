"""The sizing guide quotes figures of the simulation, and must not drift from them."""

import re
from pathlib import Path

import yaml

from integration.simulate.figures import OWN

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide" / "sizing.md"
ROW = re.compile(r"^\| `(\w+)\.(\w+)` \| ([\d.]+) \| (\S+) \|", re.MULTILINE)


def test_its_figures_are_those_of_the_simulation() -> None:
    figures = yaml.safe_load(OWN.read_text(encoding="utf-8"))
    rows = ROW.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(rows) == 11
    for section, name, value, unit in rows:
        figure = figures[section][name]
        assert (float(value), unit) == (figure["value"], figure["unit"]), f"{section}.{name}"


def test_its_examples_are_computed_from_them() -> None:
    sizes = yaml.safe_load(OWN.read_text(encoding="utf-8"))["sizes"]
    text = GUIDE.read_text(encoding="utf-8")
    own = (500 + sizes["stored"]["value"]) * 1e6 / 1e9
    hashes = sizes["stored_withheld"]["value"] * 1e6 / 1e9
    assert f"of your own: {own:.2f} GB; a million hashes: {hashes:.2f} GB" in text
