"""The JSON of 12379.cn and weather.com.cn."""

import json
from typing import Any

import pytest

from integration.cap import door
from tests.support.capped import require_valid
from yrd.warning.v1.warning_pb2 import WarningColor

PAYLOAD = {
    "head": "上海市浦东新区发布雷电黄色预警信号",
    "ALERTID": "202606012129514372雷电黄色",
    "PROVINCE": "上海市",
    "CITY": "上海市",
    "STATIONNAME": "浦东新区",
    "SIGNALTYPE": "雷电",
    "SIGNALLEVEL": "黄色",
    "TYPECODE": "09",
    "LEVELCODE": "02",
    "ISSUETIME": "2026-06-01 21:29:27",
    "ISSUECONTENT": "浦东新区气象台2026年6月1日21时29分发布雷电黄色预警信号：请注意防范。",
    "UNDERWRITER": "李四",
    "RELIEVETIME": "2026-06-02 09:29:27",
    "NAMEEN": "pudong",
    "YJTYPE_EN": "",
    "YJYC_EN": "Yellow",
    "TIME": "2026-06-01 21:35",
    "EFFECT": "101131007",
    "msgType": "Alert",
    "identifier": "31011541600000_20260601212927",
    "references": "31011541600000_20260601212927",
}


def data(**changes: Any) -> bytes:
    return json.dumps(PAYLOAD | changes, ensure_ascii=False).encode()


def test_as_published() -> None:
    taken = door.take(data())
    (draft,) = taken.drafts
    warning = draft.early_warning
    assert warning.event_type.value == "11B14"
    assert warning.color == WarningColor.WARNING_COLOR_YELLOW
    assert warning.issue_time.ToJsonString() == "2026-06-01T13:29:27Z"
    assert warning.expire_time.ToJsonString() == "2026-06-02T01:29:27Z"
    assert list(warning.references) == []
    assert warning.issuer_name == "浦东新区气象台"
    assert list(warning.area.admin_codes) == ["310115"]
    require_valid(door.give([draft]))
    said = {(r.kind.value, r.path) for r in taken.remarks}
    assert said == {
        ("lenient", "ISSUETIME"),
        ("lenient", "RELIEVETIME"),
        ("lenient", "alert.references"),
        ("inferred", "issuer_name"),
        ("inferred", "area"),
        ("inferred", "alert.info.instruction"),
        *(("left_out", key) for key in ("ALERTID", "UNDERWRITER", "NAMEEN", "TIME", "EFFECT")),
    }
    assert "李四" not in str(taken.remarks)


@pytest.mark.parametrize("form", ["var alarminfo={};", "callback({})", "[{}]", "\ufeff{}\n"])
def test_forms(form: str) -> None:
    assert door.take(
        form.format(data().decode()).encode() if "[" not in form else b"[" + data() + b"]"
    ) == (door.take(data()))


def test_an_update_and_a_lifting() -> None:
    for kind in ("Update", "Cancle", "解除"):
        (draft,) = door.take(data(msgType=kind, references="31011541600000_20260601200000")).drafts
        assert list(draft.early_warning.references) == ["31011541600000_20260601200000"]
        assert draft.header.revision == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identifier": "x"}, "identifier"),
        ({"ISSUETIME": ""}, "ISSUETIME"),
        ({"LEVELCODE": "05", "SIGNALLEVEL": "白色"}, "LEVELCODE"),
        ({"TYPECODE": "60", "SIGNALTYPE": "臭氧"}, "TYPECODE"),
        ({"msgType": "?"}, "msgType"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, str], field: str) -> None:
    with pytest.raises(door.CapRefused) as caught:
        door.take(data(**changes))
    assert field in {fault.path for fault in caught.value.faults}


def test_several_faults_at_once() -> None:
    with pytest.raises(door.CapRefused) as caught:
        door.take(b"{}")
    assert {f.path for f in caught.value.faults} >= {
        "identifier",
        "ISSUETIME",
        "msgType",
        "TYPECODE",
    }
