"""From XML to an Alert: leniently where the meaning is plain, and every leniency is remarked."""

import re
from datetime import datetime
from typing import Any

from lxml import etree

from integration.cap import instants
from integration.cap.alert import NAMESPACE, Alert, Element
from integration.cap.remarks import CapRefused, Fault, Kind, Remark, refusal

SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_MISSPELT = {"cancle": "Cancel"}


def read(root: Any) -> tuple[Alert, list[Remark]]:
    """The alert of a root element. Raises CapRefused with all that is wrong."""
    name = etree.QName(root)
    if (name.namespace, name.localname) != (NAMESPACE, "alert"):
        raise refusal(
            name.localname,
            "cap.namespace",
            f"根元素须为 the root must be alert of {NAMESPACE}, not {name.namespace or '(none)'}",
        )
    reader = _Reader()
    made = reader.inside(root, Alert, "alert")
    if reader.faults:
        raise CapRefused(*reader.faults)
    return made, reader.remarks


class _Reader:
    def __init__(self) -> None:
        self.remarks: list[Remark] = []
        self.faults: list[Fault] = []

    def inside(self, element: Any, kind: Any, path: str) -> Any:
        """An object of a class with ELEMENTS; None if a fault was found in it."""
        children = self._children(element, kind, path)
        before, values = len(self.faults), {}
        for wanted in kind.ELEMENTS:
            found = children.get(wanted.name, [])
            values[wanted.attribute] = self._field(wanted, found, f"{path}.{wanted.name}")
        return kind(**values) if len(self.faults) == before else None

    def _children(self, element: Any, kind: Any, path: str) -> dict[str, list[Any]]:
        order = [wanted.name for wanted in kind.ELEMENTS]
        found: dict[str, list[Any]] = {}
        last = 0
        for child in element:
            if child.tag == SIGNATURE and kind is Alert:
                continue
            name = etree.QName(child)
            if name.namespace != NAMESPACE or name.localname not in order:
                self._say(Kind.LEFT_OUT, f"{path}.{name.localname}", "非CAP 1.2元素 not of CAP 1.2")
                continue
            place = order.index(name.localname)
            if place < last:
                self._say(Kind.LENIENT, f"{path}.{name.localname}", "次序不合标准 out of order")
            last = max(last, place)
            found.setdefault(name.localname, []).append(child)
        return found

    def _field(self, wanted: Element, found: list[Any], path: str) -> Any:
        read = [self._one(wanted, child, path) for child in found]
        values = [
            value for value in read if value is not None and (value != "" or wanted.may_be_empty)
        ]
        if wanted.required and not values and len(read) == read.count(""):
            self._fault(path, "cap.required", "必填，未给出 required: give it")
        if wanted.many:
            return tuple(values)
        if len(values) > 1:
            self._fault(
                path, "cap.once", f"出现{len(values)}次，只许一次 stands there more than once"
            )
        return values[0] if values else ("" if wanted.kind is str else None)

    def _one(self, wanted: Element, child: Any, path: str) -> Any:
        if wanted.kind not in (str, datetime):
            return self.inside(child, wanted.kind, path)
        if len(child):
            self._fault(
                path, "cap.text", "应为文字，却含元素 has elements where a text is expected"
            )
            return None
        text = (child.text or "").strip()
        if not text:
            return ""
        if wanted.kind is datetime:
            return self._time(text, path)
        if wanted.values:
            return self._word(wanted, text, path)
        return self._formed(wanted, text, path) if wanted.pattern else text

    def _formed(self, wanted: Element, text: str, path: str) -> str | None:
        for form in (text, text.replace("_", "-").replace(",", "")):
            if re.fullmatch(wanted.pattern, form, re.ASCII):
                if form != text:
                    self._say(Kind.LENIENT, path, f"{text!r} 读作 read as {form!r}")
                return form
        self._fault(path, "cap.form", f"{text[:80]!r} 格式不对 is not of the right form")
        return None

    def _word(self, wanted: Element, text: str, path: str) -> str | None:
        if text in wanted.values:
            return text
        lower = text.lower()
        found = next((v for v in wanted.values if v.lower() == lower), _MISSPELT.get(lower))
        if found not in wanted.values:
            self._fault(
                path, "cap.value", f"{text[:80]!r} 应为 use one of {', '.join(wanted.values)}"
            )
            return None
        self._say(Kind.LENIENT, path, f"{text!r} 读作 read as {found!r}")
        return found

    def _time(self, text: str, path: str) -> datetime | None:
        try:
            time, lenient = instants.read(text)
        except (ValueError, OverflowError):
            self._fault(
                path,
                "cap.time",
                f"{text[:80]!r} 不是时间 is no time: 写作 write 2026-07-25T12:00:00+08:00",
            )
            return None
        if lenient:
            self._say(Kind.LENIENT, path, f"{text!r}: {lenient}")
        return time

    def _say(self, kind: Kind, path: str, text: str) -> None:
        self.remarks.append(Remark(kind, path, text))

    def _fault(self, path: str, rule: str, remedy: str) -> None:
        self.faults.append(Fault(path, rule, remedy))
