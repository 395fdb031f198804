"""Figures can be replaced by one's own, and what can't be is told."""

from pathlib import Path

import pytest

from integration.simulate.figures import FiguresError, load


def test_every_figure_has_a_unit_and_a_source() -> None:
    for name, figure in load().rows:
        assert figure.unit and figure.source, name


def test_a_number_or_more_replaces_a_figure(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "costs: {mirror: 30}\nstreams: {aid: {per_hour: {value: 5, source: a guess}, typhoon: 2}}"
    )
    found = load(own)
    mirror, aid = found.costs.mirror, found.streams["aid"]
    assert (mirror.value, mirror.unit, mirror.mark, mirror.source) == (30, "µs", "given", str(own))
    assert (aid.per_hour.value, aid.per_hour.source, aid.typhoon) == (5, "a guess", 2)
    assert found.costs.seal == load().costs.seal


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("costs: {mirrors: 3}", "costs.mirrors: no such figure; known: seal,"),
        ("costs: {mirror: -3}", "costs.mirror.value: Input should be greater than or equal to 0"),
        ("costs: {mirror: .nan}", "costs.mirror.value: "),
        ("costs: {mirror: {value: 3, unit: ms}}", "costs.mirror.unit: is µs; convert the value"),
        ("machines: {uplink: 0}", "machines.uplink.value: Input should be greater than 0"),
        ("streams: {aid: {life: 0.9}}", "streams.aid: life and urgent: together more than all"),
        ("costs: 7", "costs: must be a mapping"),
        ("[1]", "file: must be a mapping"),
        ("costs: {mirror: 3", "not YAML"),
    ],
)
def test_what_can_not_be_is_named(tmp_path: Path, text: str, said: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(text)
    with pytest.raises(FiguresError) as refused:
        load(own)
    assert said in str(refused.value)
    assert str(own) in str(refused.value)
