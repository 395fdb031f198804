"""The JSON in which 12379.cn and weather.com.cn publish a warning, as an Alert.

Known from payloads that were seen, not from a standard: times have no zone, a first issue refers to itself,
and there is no instruction apart from the text. Bare JSON, a list, and `var alarminfo={…};` are read.
"""

import json
import re
from typing import Any

from integration.cap import instants, naming
from integration.cap.alert import Alert, Area, Info, Named
from integration.cap.references import IDENTIFIER, triple
from integration.cap.remarks import CapRefused, Fault, Kind, Remark, refusal
from schemas.codes.admin import admin
from schemas.codes.incidents import SCHEME, warning_color, warning_signal

_BEGIN = re.compile(r"\s*+(?:var\s++\w++\s*+=|\w++\s*+\()?")
_ISSUER = re.compile(r"(\S{2,60}?)\s*\d{4}年\d{1,2}月\d{1,2}日")
_HALF = re.compile("[\ud800-\udfff]")
_TYPES = {
    "alert": "Alert",
    "update": "Update",
    "cancel": "Cancel",
    "cancle": "Cancel",
    "首次": "Alert",
    "更新": "Update",
    "解除": "Cancel",
}
_USED = frozenset(
    {
        *("head", "PROVINCE", "CITY", "STATIONNAME", "SIGNALTYPE", "SIGNALLEVEL", "TYPECODE"),
        *("LEVELCODE", "ISSUETIME", "ISSUECONTENT", "RELIEVETIME", "msgType", "identifier"),
        *("references", "YJYC_EN"),
    }
)
_PERSON = frozenset({"UNDERWRITER"})
"""Left out without its value, which may be a person's name."""


def is_published(data: bytes) -> bool:
    """Whether a file is JSON of that kind rather than XML."""
    return not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"\x00" not in data[:4]


def read(data: bytes) -> list[tuple[Alert, list[Remark]]]:
    """The alerts of a file, each with what is to be said about it. Raises CapRefused."""
    return [_alert(payload) for payload in _payloads(data)]


def _payloads(data: bytes) -> list[dict[str, str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refusal(
            "", "json.encoding", "不是UTF-8 is not UTF-8: 转换后重发 convert it"
        ) from None
    try:
        value = json.loads(_unwrapped(text))
    except (ValueError, RecursionError) as error:
        raise refusal("", "json.syntax", f"既非XML也非JSON neither XML nor JSON: {error}") from None
    found = value if isinstance(value, list) else [value]
    if not found or not all(_is_payload(each) for each in found):
        raise refusal(
            "",
            "json.form",
            "须为对象，各值为文字 must be an object (or several) whose values are texts",
        )
    return [{key: text or "" for key, text in each.items()} for each in found]


def _unwrapped(text: str) -> str:
    """What stands in `var name=…;` or `name(…);`. It looks at each character once."""
    begin = _BEGIN.match(text)
    inside = text[begin.end() :] if begin else text
    return inside.rstrip().removesuffix(";").rstrip().removesuffix(")")


def _is_payload(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_text(v) for v in value.values())


def _is_text(value: Any) -> bool:
    """A text without halves of characters, or null."""
    return value is None or (isinstance(value, str) and _HALF.search(value) is None)


def _alert(payload: dict[str, str]) -> tuple[Alert, list[Remark]]:
    remarks = _unused(payload)
    faults: list[Fault] = []
    identifier = payload.get("identifier", "").strip()
    if not IDENTIFIER.fullmatch(identifier):
        remedy = (
            f"{identifier[:60]!r}: 须为29或31位标识 must be the identifier of 29 or 31 characters"
        )
        faults.append(Fault("identifier", "warning.identifier", remedy))
    sent = _time(payload, "ISSUETIME", remarks, faults)
    message_type = _TYPES.get(payload.get("msgType", "").strip().lower())
    if message_type is None:
        remedy = f"{payload.get('msgType')!r}: 应为 use Alert, Update, Cancel"
        faults.append(Fault("msgType", "cap.value", remedy))
    info = _info(payload, identifier, remarks, faults)
    if faults or sent is None or message_type is None:
        raise CapRefused(*faults)
    made = Alert(
        identifier=identifier,
        sender=identifier[:14],
        sent=sent,
        status="Actual",
        message_type=message_type,
        scope="Public",
        references=" ".join(triple(r, sent) for r in payload.get("references", "").split()),
        infos=(info,),
    )
    return made, remarks


def _info(
    payload: dict[str, str], identifier: str, remarks: list[Remark], faults: list[Fault]
) -> Info:
    code = _event_code(payload, faults)
    color = warning_color(payload.get("LEVELCODE", "").strip()) or naming.color_of(
        payload.get("SIGNALLEVEL", "")
    )
    if color is None:
        remedy = (
            f"{payload.get('LEVELCODE')!r} {payload.get('SIGNALLEVEL')!r}: 只有红橙黄蓝四色 "
            "the contract has red, orange, yellow and blue"
        )
        faults.append(Fault("LEVELCODE", "cap.color", remedy))
    content = payload.get("ISSUECONTENT", "").strip()
    return Info(
        language="zh-CN",
        categories=(naming.category(code),),
        event=naming.event_name(code, color.color) if color else "",
        urgency="Unknown",
        severity="Unknown",
        certainty="Unknown",
        event_codes=(Named(SCHEME, code),),
        expires=_time(payload, "RELIEVETIME", remarks, faults)
        if payload.get("RELIEVETIME")
        else None,
        sender_name=_issuer(payload, content, remarks),
        headline=payload.get("head", "").strip(),
        description=content,
        parameters=(Named(naming.COLOR, color.color),) if color else (),
        areas=(_area(identifier, remarks),),
    )


def _event_code(payload: dict[str, str], faults: list[Fault]) -> str:
    type_code, name = payload.get("TYPECODE", "").strip(), payload.get("SIGNALTYPE", "").strip()
    signal = warning_signal(type_code)
    code = signal.event_type if signal else ""
    code = code or naming.event_code_of(name)
    if not code:
        remedy = (
            f"{type_code!r} {name!r}: 没有对应的{SCHEME}代码 has no code of {SCHEME} "
            "(schemas/codes/warning_signals.tsv): 改用CAP并给出eventCode send CAP with an eventCode"
        )
        faults.append(Fault("TYPECODE", "code_table.warning_types", remedy))
    return code


def _issuer(payload: dict[str, str], content: str, remarks: list[Remark]) -> str:
    found = _ISSUER.match(content)
    if found:
        name = found.group(1)
        text = f"取自ISSUECONTENT开头 taken from the beginning of ISSUECONTENT: {name}"
    else:
        name = payload.get("STATIONNAME") or payload.get("CITY") or payload.get("PROVINCE") or ""
        text = f"取自STATIONNAME taken from STATIONNAME: {name}"
    remarks.append(Remark(Kind.INFERRED, "issuer_name", text))
    return name


def _area(identifier: str, remarks: list[Remark]) -> Area:
    code = identifier[:6]
    known = admin(code)
    name = known.name if known else code
    text = f"没有区域代码，取标识前六位 no code of an area: that of the identifier: {code} {name}"
    remarks.append(Remark(Kind.INFERRED, "area", text))
    return Area(description=name, geocodes=(Named(naming.COUNTY, code),))


def _time(payload: dict[str, str], key: str, remarks: list[Remark], faults: list[Fault]) -> Any:
    text = payload.get(key, "").strip()
    try:
        time, lenient = instants.read(text)
    except (ValueError, OverflowError):
        remedy = f"{text[:40]!r} 不是时间 is no time: 写作 write 2026-07-25 12:00:00"
        faults.append(Fault(key, "cap.time", remedy))
        return None
    if lenient:
        remarks.append(Remark(Kind.LENIENT, key, f"{text!r}: {lenient}"))
    return time


def _unused(payload: dict[str, str]) -> list[Remark]:
    return [
        Remark(
            Kind.LEFT_OUT,
            key,
            "消息不带 not in the message" + ("" if key in _PERSON else f": {value[:100]}"),
        )
        for key, value in payload.items()
        if value and key not in _USED
    ]
