"""Files that attack are refused with a clear word, quickly, and nothing of the machine is read."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from integration.cap import door
from integration.cap.xml import MOST_BYTES, MOST_ELEMENTS
from tests.support.capped import ZH, alert, rich

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
DTD = f'<!DOCTYPE alert [<!ENTITY l0 "哈">{LAUGHS}]>'


def with_doctype(doctype: str, headline: str = "&x;", encoding: str = "UTF-8") -> bytes:
    text = alert().decode().replace("台风红色预警信号", headline)
    text = text.replace("UTF-8", encoding).replace("?>", f"?>{doctype}", 1)
    return text.encode(encoding)


def refused(data: bytes, rule: str) -> str:
    with pytest.raises(door.CapRefused) as caught:
        door.take(data)
    assert [fault.rule for fault in caught.value.faults] == [rule]
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "GB18030"])
def test_a_billion_laughs(encoding: str) -> None:
    assert "DOCTYPE" in refused(with_doctype(DTD, "&l11;", encoding), "xml.doctype")


def test_a_billion_laughs_in_an_attribute() -> None:
    data = with_doctype(DTD, "x").replace(b"<headline>", b'<headline a="&l11;">')
    with pytest.raises(door.CapRefused) as caught:
        door.take(data)
    assert caught.value.faults[0].rule in ("xml.doctype", "xml.syntax")


def test_entities_without_number() -> None:
    many = "".join(f'<!ENTITY e{n} "{"x" * 100}">' for n in range(5000))
    refused(with_doctype(f"<!DOCTYPE alert [{many}]>", "x"), "xml.doctype")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE alert [<!ENTITY x SYSTEM "file://SECRET">]>',
        '<!DOCTYPE alert SYSTEM "file://SECRET">',
        '<!DOCTYPE alert [<!ENTITY % p SYSTEM "file://SECRET"> %p;]>',
        '<!DOCTYPE alert PUBLIC "x" "http://127.0.0.1:9/cap.dtd" [<!ENTITY x "y">]>',
        "<!DOCTYPE alert>",
    ],
)
def test_what_is_outside_is_not_read(tmp_path: Path, doctype: str) -> None:
    secret = tmp_path / "secret.dtd"
    secret.write_text('<!ENTITY x "TOP-SECRET">')
    said = refused(with_doctype(doctype.replace("SECRET", str(secret))), "xml.doctype")
    assert "TOP-SECRET" not in said


@pytest.mark.parametrize("entity", ['SYSTEM "file://PIPE"', '[<!ENTITY x SYSTEM "file://PIPE">]'])
def test_nothing_outside_is_even_opened(tmp_path: Path, entity: str) -> None:
    """Whoever opens a pipe to which nobody writes waits."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    data = with_doctype(f"<!DOCTYPE alert {entity.replace('PIPE', str(pipe))}>")
    thread = threading.Thread(target=refused, args=(data, "xml.doctype"), daemon=True)
    thread.start()
    thread.join(60)
    opened = thread.is_alive()
    if opened:
        pipe.open("w").close()
    assert not opened


def test_no_inclusion(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("TOP-SECRET")
    name = 'xmlns:x="http://www.w3.org/2001/XInclude"'
    inclusion = f'<x:include {name} href="{tmp_path}/secret" parse="text"/>'
    taken = door.take(alert(ZH.replace("<headline>", f"{inclusion}<headline>")))
    assert "TOP-SECRET" not in str(taken)
    assert "alert.info.include" in {r.path for r in taken.remarks}


def test_too_much() -> None:
    refused(alert(note="x" * MOST_BYTES), "xml.size")
    refused(alert("<a/>" * (MOST_ELEMENTS + 1)), "xml.elements")
    refused(alert("<a>" * 100_000 + "</a>" * 100_000), "xml.syntax")
    refused(b"[" * 1_000_000, "json.syntax")
    refused(alert(ZH * 101), "cap.parts")


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "json.syntax"),
        (b"<alert/>", "cap.namespace"),
        (b"<alert", "xml.syntax"),
        (b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1"/>', "cap.namespace"),
        (b'"x"', "json.form"),
        (b'{"head": "\\ud800"}', "json.form"),
        ("{}".encode("utf-16"), "xml.syntax"),
        ('{"head": "预警"}'.encode("gb18030"), "json.encoding"),
    ],
)
def test_what_is_no_alert(data: bytes, rule: str) -> None:
    refused(data, rule)


def test_a_script_stays_text() -> None:
    script = "&lt;script&gt;alert(1)&lt;/script&gt;"
    (draft,) = door.take(alert(ZH.replace("台风红色预警信号", script))).drafts
    assert draft.early_warning.headline == "<script>alert(1)</script>"
    assert b"<script" not in door.give([draft])


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([rich(), alert(), b'{"identifier": "31000041600000_20260601200000"}']),
    st.lists(
        st.tuples(st.integers(0, 1 << 20), st.binary(max_size=3), st.integers(0, 40)), max_size=4
    ),
)
@example(rich(), [(0, b"\x00", 0)])
def test_damage_is_refused_or_read_and_nothing_else(
    data: bytes, damages: list[tuple[int, bytes, int]]
) -> None:
    for place, put, removed in damages:
        at = place % (len(data) + 1)
        data = data[:at] + put + data[at + removed :]
    try:
        assert door.take(data).drafts
    except door.CapRefused as error:
        assert all(fault.rule and fault.remedy for fault in error.faults)


FAR = " " * 500_000
"""So much that whoever looks at each character again from the others never ends."""


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (f'{{"a":{FAR}"b"{FAR}x'.encode(), "json.syntax"),
        (f"var a{FAR}x".encode(), "json.syntax"),
        (alert(ZH.replace("31.2,121.5 25.5", f"31.2,121.5{FAR}25.5{FAR}x")), "cap.geometry"),
        (alert(ZH.replace("31.2,121.5", f"{'1' * 500_000}x,1")), "cap.geometry"),
        (alert(ZH.replace("31.2,121.5", f"1e{'1' * 500_000},1")), "cap.geometry"),
        (alert(sent=f"2026-06-01{FAR}x"), "cap.time"),
        (alert(*[ZH] * 1500), "cap.parts"),
    ],
    ids=["json", "wrapped", "spaces", "digits", "exponent", "time", "infos"],
)
def test_what_is_made_to_take_for_ever_is_refused(data: bytes, rule: str) -> None:
    refused(data, rule)


def test_very_many_languages() -> None:
    """One message; what it has no place for is said."""
    others = [ZH.replace("zh-CN", f"x-{number}") for number in range(1500)]
    taken = door.take(alert(ZH, *others))
    (draft,) = taken.drafts
    assert len(draft.early_warning.texts) == 20
    assert len([r for r in taken.remarks if r.kind == "left_out"]) == 1480
