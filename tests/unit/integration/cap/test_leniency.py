"""Published practice is taken, and what was lenient or inferred is said; what is unclear is refused."""

import re

import pytest

from integration.cap import door
from integration.cap.drafting import Settings, Standing
from tests.support.capped import EN, IDENTIFIER, TRIPLE, ZH, alert, rich
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Mode
from yrd.warning.v1.warning_pb2 import WarningAction, WarningColor


def one(data: bytes, settings: Settings | None = None) -> Draft:
    (draft,) = door.take(data, settings).drafts
    return draft


def said(data: bytes, kind: str) -> set[str]:
    return {remark.path for remark in door.take(data).remarks if remark.kind == kind}


def faults(data: bytes) -> set[tuple[str, str]]:
    with pytest.raises(door.CapRefused) as caught:
        door.take(data)
    return {(fault.path, fault.rule) for fault in caught.value.faults}


def test_a_plain_alert_needs_no_remark() -> None:
    taken = door.take(alert())
    assert (taken.remarks, str(taken.signed)) == ([], "未签名 unsigned")
    (draft,) = taken.drafts
    assert draft.header.entity_id == f"310000/warning/{IDENTIFIER}"
    assert draft.header.revision == 1
    assert draft.early_warning.color == WarningColor.WARNING_COLOR_RED
    assert draft.early_warning.event_type.value == "11B01"
    assert draft.early_warning.issuer_admin_code == "310000"
    assert list(draft.early_warning.area.admin_codes) == ["310000"]
    assert draft.early_warning.area.circle.radius_meters == 25_500


@pytest.mark.parametrize(
    ("sent", "same"),
    [
        ("2026-06-01T20:00:00", True),
        ("2026-06-01 20:00:00", True),
        ("20260601200000", True),
        ("2026-06-01 20:00", True),
        ("2026-06-01T12:00:00Z", True),
        ("2026-06-01T20:00:00.250+08:00", True),
        ("2026-06-01 20:00:00+08:00", True),
        ("2026-06-01T20:00:00+0800", True),
        ("2026-06-01T20:00:00-00:00", False),
    ],
)
def test_times(sent: str, same: bool) -> None:
    draft = one(alert(sent=sent))
    assert (draft.early_warning.issue_time == one(alert()).early_warning.issue_time) == same
    assert ("alert.sent" in said(alert(sent=sent), "lenient")) == same


def test_what_is_no_time_is_refused() -> None:
    for sent in ("yesterday", "2026-13-01T00:00:00+08:00", "9999-12-31T23:00:00-08:00"):
        assert faults(alert(sent=sent)) == {("alert.sent", "cap.time")}


def test_identifiers_of_29_and_31_characters() -> None:
    assert one(alert(identifier=f"{IDENTIFIER}_3")).early_warning.identifier == f"{IDENTIFIER}_3"
    for wrong in ("urn:oid:2.49.0.1", f"{IDENTIFIER}_33", IDENTIFIER[:-1]):
        assert faults(alert(identifier=wrong)) == {("alert.identifier", "warning.identifier")}


def test_a_first_issue_that_names_itself() -> None:
    for own in (IDENTIFIER, TRIPLE.replace("20260601080000", "20260601200000")):
        draft = one(alert(references=own))
        assert (list(draft.early_warning.references), draft.header.revision) == ([], 1)
        assert "alert.references" in said(alert(references=own), "lenient")


def test_words_in_other_spellings() -> None:
    data = alert(msgType="Cancle", references=TRIPLE, status="actual")
    assert one(data).early_warning.action == WarningAction.WARNING_ACTION_CANCEL
    assert said(data, "lenient") == {"alert.msgType", "alert.status"}
    info = (
        ZH.replace("GB/T 35561", "gbt35561").replace("GB/T 2260", "GB/T2260").replace("RED", "红")
    )
    assert one(alert(info.replace("zh-CN", "zh_CN"))) == one(alert())


def test_what_is_inferred_is_said() -> None:
    start, _, rest = ZH.partition("<eventCode>")
    bare = start + rest.partition("</eventCode>")[2]
    for name in ("instruction", "headline", "senderName", "parameter"):
        before, _, behind = bare.partition(f"<{name}>")
        bare = before + behind.partition(f"</{name}>")[2]
    draft, made = one(alert(bare)), one(alert())
    assert draft.early_warning.event_type == made.early_warning.event_type
    assert draft.early_warning.color == made.early_warning.color
    assert draft.early_warning.headline == "台风红色预警"
    assert draft.early_warning.instruction == draft.early_warning.description
    assert draft.early_warning.issuer_name == "31000041600000"
    assert said(alert(bare), "inferred") == {
        "alert.info.eventCode",
        "alert.info.parameter CN-WARNING-COLOR",
        "alert.info.headline",
        "alert.info.senderName",
        "alert.info.instruction",
    }


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (alert(status="Draft"), ("alert.status", "cap.status")),
        (alert(status="System"), ("alert.status", "cap.status")),
        (alert(status="Real"), ("alert.status", "cap.value")),
        (alert(msgType="Ack", references=TRIPLE), ("alert.msgType", "cap.message_type")),
        (alert(scope="Private"), ("alert.scope", "cap.scope")),
        (alert(sender=""), ("alert.sender", "cap.required")),
        (alert(status="Exercise"), ("alert.note", "header.exercise_id")),
        (alert(" "), ("alert.info", "cap.required")),
        (
            alert(ZH.replace("RED", "PURPLE")),
            ("alert.info.parameter CN-WARNING-COLOR", "cap.color"),
        ),
        (
            alert(ZH.replace("RED", "WHITE").replace("红色", "")),
            ("alert.info.parameter CN-WARNING-COLOR", "cap.color"),
        ),
        (
            alert(ZH.replace("11B01", "99Z99").replace("台风红色预警", "怪事红色预警")),
            ("alert.info.eventCode", "code_table.warning_types"),
        ),
        (
            alert(ZH.replace("31.2,121.5 25.5", "31.2 121.5")),
            ("alert.info.area.circle", "cap.geometry"),
        ),
        (alert(ZH.replace("30.9,121.9", "30.9")), ("alert.info.area.polygon", "cap.geometry")),
        (alert(ZH.replace("<event>", "<event><b/>")), ("alert.info.event", "cap.text")),
        (
            alert(ZH.replace("<event>", "<event>x</event><event>")),
            ("alert.info.event", "cap.once"),
        ),
        (alert(ZH.replace(">Likely<", "><")), ("alert.info.certainty", "cap.required")),
        (
            alert(
                ZH.replace(
                    "<area>", "<parameter><valueName>yrd:x.y</valueName><value/></parameter><area>"
                )
            ),
            ("alert.info.parameter yrd:x.y", "cap.kept"),
        ),
        (
            alert(
                ZH.replace(
                    "<area>",
                    "<parameter><valueName>yrd:header.revision</valueName><value>[</value></parameter><area>",
                )
            ),
            ("alert.info.parameter yrd:header.revision", "cap.kept"),
        ),
    ],
)
def test_what_is_unclear_is_refused(data: bytes, fault: tuple[str, str]) -> None:
    assert fault in faults(data)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("header.mode", ""),
        ("early_warning.color", ""),
        ("early_warning.color", "77"),
        ("early_warning.urgency", "77"),
        ("early_warning.action", "77"),
        ("early_warning.event_type", ""),
    ],
)
def test_a_parameter_that_unsets_what_is_needed(field: str, value: str) -> None:
    parameter = f"<parameter><valueName>yrd:{field}</valueName><value>{value}</value></parameter>"
    assert faults(alert(ZH.replace("<area>", f"{parameter}<area>"))) == {(field, "cap.stated")}


def test_severity_says_nothing_of_the_colour() -> None:
    data = alert(ZH.replace("红色", "").replace("CN-WARNING-COLOR", "X"))
    assert faults(data) == {("alert.info.parameter CN-WARNING-COLOR", "cap.color")}


def test_modes_and_levels() -> None:
    exercise = one(alert(status="Exercise", note="yrd-2026"))
    assert (exercise.header.mode, exercise.header.exercise_id) == (Mode.MODE_EXERCISE, "yrd-2026")
    told = one(alert(status="Exercise", note="长三角演练"), Settings(exercise_id="x"))
    assert told.header.exercise_id == "x"
    assert one(alert(status="Test")).header.mode == Mode.MODE_TEST
    assert one(alert()).header.data_level == DataLevel.DATA_LEVEL_GENERAL_1
    restricted = one(alert(scope="Restricted"))
    assert restricted.header.data_level == DataLevel.DATA_LEVEL_GENERAL_2


def test_comments_and_sections_cut_no_text() -> None:
    words = "台风<!-- x -->红色<?p y?>预警<![CDATA[信号<b>]]>"
    draft = one(alert(ZH.replace("台风红色预警信号", words)))
    assert draft.early_warning.headline == "台风红色预警信号<b>"


def test_spaces_at_commas() -> None:
    data = alert(ZH.replace("31.2,121.5 25.5", "31.2 , 121.5  25.5").replace("30.9,", "30.9,\n"))
    assert one(data) == one(alert())
    assert said(data, "left_out") == set()


@pytest.mark.parametrize(
    "circle", ["x,1 2", "1,2", "1,2 3 4", "1 2", "1_0,2 3", "nan,2 3", "1,2,3 4"]
)
def test_what_is_no_circle(circle: str) -> None:
    data = alert(ZH.replace("31.2,121.5 25.5", circle))
    assert faults(data) == {("alert.info.area.circle", "cap.geometry")}


def test_an_open_outline_is_closed() -> None:
    data = alert(ZH.replace(" 30.9,121.3</polygon>", "</polygon>"))
    assert one(data).early_warning.area == one(alert()).early_warning.area
    assert said(data, "lenient") == {"alert.info.area.polygon"}


def test_everything_that_the_message_does_not_carry_is_named() -> None:
    assert said(rich(), "left_out") == {
        "alert.source",
        "alert.restriction",
        "alert.addresses",
        "alert.code",
        "alert.note",
        "alert.info.resource.derefUri",
        "alert.info.area.geocode UGC",
        "alert.info.area.altitude",
        "alert.info.area.ceiling",
    }
    texts = [remark.text for remark in door.take(rich()).remarks]
    assert "消息不带 not in the message: 路径图: 内容在文件内 its content is in the file" in texts
    assert "021-55500000" not in str(texts)


def test_a_changed_attachment_is_refused() -> None:
    changed = rich().replace(b"SGVsbG8s", b"SGVsbG9s")
    assert faults(changed) == {("alert.info.resource.digest", "cap.digest")}
    assert faults(rich().replace(b">13<", b">14<")) == {("alert.info.resource.size", "cap.size")}


def test_the_language_is_chinese_or_the_first() -> None:
    assert one(alert(EN, ZH)).early_warning.instruction == "留在室内"
    other = EN.replace("en-US", "fr")
    draft = one(alert(other, EN))
    assert (draft.early_warning.instruction, draft.early_warning.language) == ("Stay inside", "fr")
    assert [text.language for text in draft.early_warning.texts] == ["en-US"]
    assert said(alert(other, EN), "left_out") == set()
    taiwan = ZH.replace("zh-CN", "zh-TW")
    assert [text.language for text in one(alert(taiwan, ZH)).early_warning.texts] == ["zh-TW"]


def test_a_language_that_is_not_stated() -> None:
    silent = "<language>zh-CN</language>"
    assert one(alert(ZH.replace(silent, ""))).early_warning.language == ""
    assert said(alert(ZH.replace(silent, "")), "inferred") == {"alert.info.language"}
    english = re.sub("[\u4e00-\u9fff]+", "storm", ZH.replace(silent, ""))
    data = alert(english)
    assert (one(data).early_warning.language, said(data, "inferred")) == ("en-US", set())


def test_each_outline_has_a_message() -> None:
    start, _, area = ZH.partition("<area>")
    second = area.replace("310000", "320500").replace("121.3", "120.3")
    codes = "<area><areaDesc>南通市</areaDesc><geocode><valueName>GB/T 2260</valueName>"
    codes += "<value>320600</value></geocode></area>"
    data = alert(
        f"{start}<area>{area.replace('</info>', '')}<area>{second.replace('</info>', '')}{codes}</info>"
    )
    first, other = door.take(data).drafts
    assert list(first.early_warning.area.admin_codes) == ["310000"]
    assert list(other.early_warning.area.admin_codes) == ["320500", "320600"]
    assert other.early_warning.area.polygon.ring[0].longitude == 120.3
    assert other.header.entity_id == f"{first.header.entity_id}:2"
    assert other.header.message_id != first.header.message_id
    assert said(data, "left_out") == {"alert.info.area.areaDesc"}


def test_the_same_file_is_the_same_message() -> None:
    assert door.take(rich()).drafts == door.take(rich()).drafts
    ids = {
        one(alert(**change)).header.message_id
        for change in ({}, {"sender": "x"}, {"sent": "20260601200001"})
    }
    assert len(ids) == 3


def test_an_update_goes_on_with_what_it_replaces() -> None:
    first = "31000041600000_20260601080000"
    data = alert(msgType="Update", references=TRIPLE)
    alone = one(data).header
    assert (alone.entity_id, alone.revision) == (f"310000/warning/{first}", 2)
    (draft,) = door.take(data, known={first: Standing("310000/w/1", 6)}).drafts
    assert (draft.header.entity_id, draft.header.revision) == ("310000/w/1", 7)
    (again,) = door.take(data, known={IDENTIFIER: Standing("310000/w/1", 7)}).drafts
    assert again == draft


def test_an_outline_of_another_language_that_is_none_is_left_out_and_said() -> None:
    right = "30.9,121.3 30.9,121.9 31.4,121.9 30.9,121.3"
    broken = r"30.9,121.3 30.9,\21.9 31.4,121.9 30.9,121.3"
    data = alert(ZH, EN.replace(right, broken))
    assert said(data, "left_out") == {"alert.info[en-us].area.polygon"}
    assert one(data) == one(alert(ZH, EN))
    assert said(alert(ZH, EN.replace(right, " ")), "left_out") == set()
    assert ("alert.info.area.polygon", "cap.geometry") in faults(alert(ZH.replace(right, broken)))
