"""What goes out comes back: XML to XML with nothing lost, and a message over CAP to the same message."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from integration.cap import door, reading
from integration.cap.alert import Alert
from integration.cap.writing import write
from integration.cap.xml import parse
from schemas.samples.reading import valid_samples
from tests.support.capped import alert, alerts, require_valid, rich, warnings
from yrd.exchange.v1.message_pb2 import Draft

FEW = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
SAMPLES = valid_samples("yrd.warning.v1.EarlyWarning")


@FEW
@given(alerts())
def test_every_alert_is_read_as_it_was_written(made: Alert) -> None:
    data = write(made)
    require_valid(data)
    assert reading.read(parse(data)) == (made, [])


def test_every_element_of_the_standard_is_kept() -> None:
    made, remarks = reading.read(parse(rich()))
    assert remarks == []
    require_valid(rich())
    for name in _names(Alert):
        assert f"<{name}>".encode() in rich(), name
    assert reading.read(parse(write(made))) == (made, [])


def _names(kind: Any) -> set[str]:
    inside = [e.kind for e in kind.ELEMENTS if hasattr(e.kind, "ELEMENTS")]
    return {e.name for e in kind.ELEMENTS}.union(*(_names(each) for each in inside))


@FEW
@given(warnings())
def test_a_message_over_cap_is_the_same_message(draft: Draft) -> None:
    data = door.give([draft])
    require_valid(data)
    taken = door.take(data)
    assert taken.drafts == [draft]
    assert [r for r in taken.remarks if r.kind == "left_out"] == []


@pytest.mark.parametrize("sample", SAMPLES, ids=[s.name for s in SAMPLES])
def test_samples_of_the_contract(sample: Any) -> None:
    data = door.give([sample.draft])
    require_valid(data)
    assert door.take(data)[::2] == ([sample.draft], [])


def test_messages_of_one_publication_are_one_alert() -> None:
    taken = door.take(rich())
    (first,) = taken.drafts
    second = Draft()
    second.CopyFrom(first)
    second.header.entity_id += ":2"
    second.header.message_id = f"{first.header.message_id[:-1]}0"
    del second.early_warning.area.admin_codes[:]
    data = door.give([first, second])
    require_valid(data)
    assert door.take(data).drafts == [first, second]
    second.CopyFrom(door.take(alert()).drafts[0])
    first.CopyFrom(second)
    first.header.entity_id = "310000/warning/of-its-own"
    assert door.take(door.give([first, second])).drafts == [first, second]
    second.early_warning.identifier = "31000041600000_20260601200001"
    with pytest.raises(door.CapRefused, match="one publication"):
        door.give([first, second])


def test_only_warnings_go_out() -> None:
    with pytest.raises(door.CapRefused, match="只有预警"):
        door.give([Draft()])
