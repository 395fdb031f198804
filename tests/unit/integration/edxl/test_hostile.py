"""Files that mean harm, or are damaged: refused with a rule, or read; never anything else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.cap.remarks import CapRefused
from integration.cap.xml import parse
from integration.edxl.door import Settings, give, take
from integration.edxl.structure import faults_in, faults_of
from tests.support.messaged import enveloped, request, samples
from yrd.exchange.v1.message_pb2 import Mode

SET = Settings(participant="310000", mode=Mode.MODE_TEST)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(12))


@pytest.mark.parametrize(
    ("declared", "used"),
    [
        (f"<!DOCTYPE x [{LAUGHS}]>", "&l11;"),
        ('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "&f;"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', "x"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_and_nothing_outside_is_read(
    declared: str, used: str, encoding: str
) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>{declared}'
        + request(MessageDescription=used).decode()
    )
    with pytest.raises(CapRefused) as refused:
        take(text.encode(encoding), SET)
    assert refused.value.faults[0].rule == "xml.doctype"


def test_size_depth_and_number_are_bounded() -> None:
    deep = b"<a>" * 300 + b"</a>" * 300
    many = request().replace(b"<Kind>Pump</Kind>", b"<k/>" * 60_000)
    big = request(MessageDescription="x" * (5 << 20))
    for data, rule in ((deep, "xml.syntax"), (many, "xml.elements"), (big, "xml.size")):
        with pytest.raises(CapRefused) as refused:
            take(data, SET)
        assert refused.value.faults[0].rule == rule


def test_markup_in_a_text_stays_text() -> None:
    told = samples()["aid_request/full"]
    told = type(told).FromString(told.SerializeToString())
    told.aid_request.justification = "</rmsg:MessageDescription><script>alert(1)</script>\x00\ufffe"
    assert b"<script>" not in give(told)
    assert take(give(told)).drafts == [told]


@given(st.data())
def test_a_damaged_message_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(
        data.draw(st.sampled_from([enveloped(request()), give(samples()["aid_order/full"])]))
    )
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        take(bytes(whole), SET)
    except CapRefused as error:
        assert error.faults


@given(st.binary(max_size=100))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(CapRefused):
        take(data, SET)


def test_the_structure_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"\n\n" + request(OriginatingMessageID=""))
    (fault,) = faults_of(tmp_path / "a.xml")
    assert (fault.path, fault.rule) == ("第3行 line 3", "edxl.structure")
    assert "OriginatingMessageID" in fault.remedy
    assert faults_in(parse(enveloped(request()))) == []
    assert faults_of(tmp_path / "nothing.xml") == []
