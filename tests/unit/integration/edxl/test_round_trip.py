"""Aid messages as EDXL-RM, and back: the same draft, whatever it holds; the structure is the standard's."""

import pytest
from hypothesis import given, settings

from integration.cap.remarks import CapRefused
from integration.cap.xml import parse
from integration.edxl.door import Settings, give, take
from integration.edxl.references import Standing
from integration.edxl.structure import faults_in
from schemas.codes.other_standards import edxl_values
from tests.support.builders import draft
from tests.support.messaged import aid, samples
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Mode


@pytest.mark.parametrize("name", samples())
def test_every_sample(name: str) -> None:
    told = samples()[name]
    data = give(told)
    assert faults_in(parse(data)) == []
    taken = take(data)
    assert taken.drafts == [told]
    assert [r for r in taken.remarks if r.kind == "left_out"] == []
    assert give(taken.drafts[0]) == data


@settings(max_examples=25, deadline=None)
@given(aid())
def test_any_content(told: Draft) -> None:
    try:
        data = give(told)
    except CapRefused as error:
        assert {fault.rule for fault in error.faults} <= {"edxl.lines", "edxl.type", "edxl.stated"}
        return
    assert faults_in(parse(data)) == []
    assert take(data).drafts == [told]


def test_what_the_reader_knows_and_how_it_is_set_changes_nothing() -> None:
    told = samples()["aid_response/full"]
    other = Standing("340000/aid_request/x", 7, "01890a5d-ac96-774b-bcce-b302099a8057")
    known = dict.fromkeys(
        [told.header.in_reply_to, told.header.message_id, told.header.entity_id], other
    )
    set_up = Settings(
        participant="340000", mode=Mode.MODE_TEST, data_level=DataLevel.DATA_LEVEL_GENERAL_3
    )
    assert take(give(told), set_up, known).drafts == [told]


def test_a_drill_says_so_where_every_system_looks() -> None:
    told = Draft()
    told.CopyFrom(samples()["aid_request/minimal"])
    told.header.mode, told.header.exercise_id = Mode.MODE_EXERCISE, "yrd-2026"
    assert b"<distributionStatus>Exercise</distributionStatus>" in give(told)
    assert take(give(told)).drafts == [told]


def test_people_see_what_is_meant() -> None:
    text = give(samples()["aid_request/full"]).decode()
    for words in (
        ">330000 浙江省<",
        ">flood.pump<",
        ">10<",
        ">台<",
        ">2021-07-26T16:00:00+08:00<",
        ">330482 平湖市当湖街道胜利路<",
    ):
        assert words in text


def test_what_has_no_message_is_refused() -> None:
    for told in (draft(), Draft()):
        with pytest.raises(CapRefused) as refused:
            give(told)
        assert refused.value.faults[0].rule == "edxl.type"


def test_the_table_of_values_is_that_of_the_schema() -> None:
    from integration.edxl import structure  # noqa: PLC0415

    text = "".join(f.read_text() for f in structure._SCHEMA.parent.iterdir())
    for name in ("MessageType", "ScheduleType", "ResponseType", "ContactRole", "RecallType"):
        for value in edxl_values(name):
            assert f'<xs:enumeration value="{value.value}"/>' in text
