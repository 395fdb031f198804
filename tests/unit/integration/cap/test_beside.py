"""What stands beside the main text: other languages, files, codes. Carried where there is a place for it."""

from typing import Any

import pytest

from integration.cap import door
from integration.cap.remarks import Kind
from tests.support.capped import CONTENT, DIGEST, EN, ZH, alert, require_valid, rich
from yrd.warning.v1.warning_pb2 import EarlyWarning, ResponseType


def warning_in(data: bytes) -> EarlyWarning:
    (draft,) = door.take(data).drafts
    return draft.early_warning


def left_out(data: bytes) -> dict[str, str]:
    return {r.path: r.text for r in door.take(data).remarks if r.kind == Kind.LEFT_OUT}


def test_all_of_it_is_in_the_message() -> None:
    found = warning_in(rich())
    assert (found.web, found.contact) == ("https://example.org/w", "值班室 021-55500000")
    assert list(found.response_types) == [ResponseType.RESPONSE_TYPE_SHELTER]
    assert [(code.scheme, code.value) for code in found.other_codes] == [("SAME", "HUW")]
    assert [(each.name, each.value) for each in found.parameters] == [("风力", "12")]
    (file,) = found.resources
    assert (file.description, file.media_type, file.size_bytes) == ("路径图", "text/plain", 13)
    assert (file.uri, file.sha1) == ("hello.txt", DIGEST)
    (text,) = found.texts
    assert (text.language, text.instruction) == ("en-US", "Stay inside")


def test_a_file_in_another_language() -> None:
    english = EN.replace(
        "<area>",
        "<resource><resourceDesc>Track</resourceDesc><mimeType>image/png</mimeType>"
        f"<uri>https://example.org/路径.png</uri><digest>{DIGEST.upper()}</digest></resource><area>",
    )
    data = alert(ZH, english)
    (file,) = warning_in(data).resources
    assert (file.language, file.sha1) == ("en-US", DIGEST)
    assert file.uri == "https://example.org/%E8%B7%AF%E5%BE%84.png"
    assert left_out(data) == {}


def two_areas(info: str, *, city: str) -> str:
    return info.replace("310000", city).replace("预计6", f"{city}预计6")


def test_languages_of_several_infos() -> None:
    """Each with its own, in the order of the main ones or behind them; messages come back as they were."""
    first, second = (two_areas(ZH, city=city) for city in ("310000", "320500"))
    one, other = (two_areas(EN, city=city) for city in ("310000", "320500"))
    for infos in (
        (first, second, one, other),
        (first, one, second, other),
        (one, first, other, second),
    ):
        taken = door.take(alert(*infos))
        assert [r for r in taken.remarks if r.kind == Kind.LEFT_OUT] == []
        told = [
            (d.early_warning.description, d.early_warning.texts[0].description)
            for d in taken.drafts
        ]
        assert [(zh[:6], en[:6]) for zh, en in told] == [("310000", "310000"), ("320500", "320500")]
    taken = door.take(alert(first, second, other))
    assert [len(draft.early_warning.texts) for draft in taken.drafts] == [0, 1]
    data = door.give(taken.drafts)
    require_valid(data)
    assert door.take(data).drafts == taken.drafts


def test_what_another_language_says_differently_is_said() -> None:
    late = EN.replace("Immediate", "Future").replace("310000", "320500")
    found = left_out(alert(ZH, late))
    assert set(found) == {"alert.info[en-us].urgency", "alert.info[en-us].area.geocode"}
    assert found["alert.info[en-us].urgency"].endswith("Future")


def test_a_language_that_belongs_to_none() -> None:
    second = two_areas(ZH, city="320500")
    assert set(left_out(alert(EN, ZH, second))) == {"alert.info[en-US]"}
    assert set(left_out(alert(ZH, EN, EN.replace("Stay inside", "Leave")))) == {
        "alert.info[en-us].instruction"
    }


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (("<web>https://example.org/w", "<web>ftp://example.org/w"), "alert.info.web"),
        (("021-55500000", "0" * 501), "alert.info.contact"),
        ((f">{DIGEST}<", ">not-sha1<"), "alert.info.resource.digest"),
        (("hello.txt", "a" * 2001), "alert.info.resource.uri"),
        (("路径图", "图" * 501), "alert.info.resource.resourceDesc"),
        (("<valueName>SAME", f"<valueName>{'S' * 65}"), f"alert.info.eventCode {'S' * 65}"),
        (("<value>12<", f"<value>{'1' * 2001}<"), "alert.info.parameter 风力"),
    ],
)
def test_what_the_contract_does_not_take_stays_in_the_file(change: Any, path: str) -> None:
    """The warning goes out without it, and that is said."""
    data = rich().replace(f"<derefUri>{CONTENT}</derefUri>".encode(), b"")
    more = set(left_out(data.replace(*(text.encode() for text in change)))) - set(left_out(data))
    assert path in more
    assert all(each.startswith(path.rpartition(".")[0]) for each in more)


def test_a_parameter_of_a_message_never_speaks_for_us() -> None:
    """A message can't change the header of what is read from its alert, however its parameter is named."""
    (draft,) = door.take(alert()).drafts
    for name in ("yrd:header.mode", " yrd:header.mode", "cn-warning-color"):
        draft.early_warning.parameters.add(name=name, value='"MODE_TEST"')
    data = door.give([draft])
    require_valid(data)
    assert door.take(data).drafts == [draft]


def test_a_message_in_english_with_chinese_beside_it() -> None:
    (draft,) = door.take(alert(EN)).drafts
    draft.early_warning.texts.add(language="zh-CN", headline="台风")
    draft.early_warning.texts.add(language="EN-us", headline="twice")
    assert door.take(door.give([draft])).drafts == [draft]
