"""What an info says beside its main text: the same in other languages, files, further codes, whom to ask.

A message takes what its contract takes; the rest stays in the file, and is found by comparing.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from google.protobuf.timestamp_pb2 import Timestamp
from lxml import etree

from integration.cap import naming
from integration.cap.alert import Alert, Area, Info, Named, Resource
from integration.cap.instants import in_beijing
from integration.cap.kept import PREFIX
from integration.cap.languages import CHINESE, Told
from schemas.codes.incidents import SCHEME
from schemas.json_schema.rules import rules_of
from yrd.warning.v1.warning_pb2 import EarlyWarning, ResponseType, WarningAction, WarningColor

ALL_CLEAR = ("AllClear",)
NAMELESS = "-"
"""For a text that CAP must have and that is blank in the message."""
_WORDS = MappingProxyType(
    {
        "".join(part.capitalize() for part in name.removeprefix("RESPONSE_TYPE_").split("_")): n
        for name, n in ResponseType.items()
        if n
    }
)
_NAMES = {number: word for word, number in _WORDS.items()}


def fill(warning: EarlyWarning, alert: Alert, told: Told) -> None:
    """Sets what stands beside the main text; the area is set already."""
    info = told.info
    _put(warning, "language", _unless(info.language, CHINESE))
    _put(warning, "event_name", _unless(info.event, usual_event(warning)))
    _put(warning, "audience", info.audience)
    _put(warning, "web", plain_uri(info.web))
    _put(warning, "contact", info.contact)
    _put(warning, "area_description", _area_words(info, usual_area(warning)))
    responses: Any = dict.fromkeys(_WORDS[word] for word in info.responses)
    if not (info.responses == ALL_CLEAR and alert.message_type == "Cancel"):
        warning.response_types.extend(responses)
    if info.effective is not None and info.effective != alert.sent:
        warning.effective_time.FromDatetime(info.effective)
    _codes(warning, info)
    for parameter in filter(is_own, info.parameters):
        _append(warning, "parameters", name=parameter.value_name, value=parameter.value)
    for other in told.others:
        _text(warning, info, other)
    _resources(warning, told)


def usual_event(warning: EarlyWarning) -> str:
    """What the event is called by its code and colour."""
    color = WarningColor.Name(warning.color).removeprefix("WARNING_COLOR_")
    return naming.event_name(warning.event_type.value, color)


def usual_area(warning: EarlyWarning) -> str:
    """What the area is called by its codes."""
    return naming.area_name(list(warning.area.admin_codes))


def is_own(parameter: Named) -> bool:
    """Whether a parameter is one of the issuer's own: neither the colour nor one of ours."""
    name = parameter.value_name.strip()
    return name.upper() != naming.COLOR and not name.startswith(PREFIX)


def plain_uri(text: str) -> str:
    """An address in ASCII (RFC 3987): other characters by their bytes."""
    return quote(text, safe="".join(map(chr, range(0x21, 0x7F))))


def _codes(warning: EarlyWarning, info: Info) -> None:
    """All codes but the first that is the event's type."""
    main = False
    for code in info.event_codes:
        same = code.value == warning.event_type.value and naming.scheme(code.value_name) == SCHEME
        if same and not main:
            main = True
            continue
        _append(warning, "other_codes", scheme=code.value_name, value=code.value)


def _text(warning: EarlyWarning, main: Info, other: Info) -> None:
    fields = {
        "language": other.language,
        "event_name": _unless(other.event, main.event),
        "headline": other.headline,
        "description": other.description,
        "instruction": other.instruction,
        "issuer_name": other.sender_name,
        "audience": other.audience,
        "area_description": _area_words(other, _area_words(main, "") or usual_area(warning)),
        "web": plain_uri(_unless(other.web, main.web)),
    }
    _append(warning, "texts", **fields)


def _resources(warning: EarlyWarning, told: Told) -> None:
    for info in (told.info, *told.others):
        language = "" if info is told.info else info.language
        for resource in info.resources:
            _append(
                warning,
                "resources",
                description=resource.description,
                media_type=resource.mime_type,
                uri=plain_uri(resource.uri),
                sha1=resource.digest.lower(),
                language=language,
                **({"size_bytes": int(resource.size)} if resource.size else {}),
            )


def _area_words(info: Info, usual: str) -> str:
    """The words of the one area of an info; of several, each would stand for a part."""
    return _unless(info.areas[0].description, usual) if len(info.areas) == 1 else ""


def _unless(text: str, usual: str) -> str:
    return "" if text == usual else text


def _append(warning: EarlyWarning, field: str, /, **values: Any) -> None:
    """Adds one of several, unless there are as many as the contract takes, or it lacks what it must have."""
    held = getattr(warning, field)
    if len(held) == rules_of(_field(warning, field)).repeated.max_items:
        return
    made = held.add()
    for part, value in values.items():
        _put(made, part, value)
    texts = [f for f in made.DESCRIPTOR.fields if f.type == f.TYPE_STRING]
    if not all(_keeps(getattr(made, f.name), rules_of(f).string) for f in texts):
        del held[-1]


def _put(message: Any, name: str, value: str | int) -> None:
    """Sets a field if its contract takes the value."""
    rules = rules_of(_field(message, name))
    if _keeps(value, rules.string) if isinstance(value, str) else value <= rules.uint64.lte:
        setattr(message, name, value)


def _keeps(text: str, rules: Any) -> bool:
    long = rules.HasField("max_len") and len(text) > rules.max_len
    formed = not rules.pattern or re.search(rules.pattern, text, re.ASCII) is not None
    return rules.min_len <= len(text) and not long and formed


def _field(message: Any, name: str) -> Any:
    return message.DESCRIPTOR.fields_by_name[name]


def written(plain: Info, warning: EarlyWarning) -> Info:
    """An info of the main text with what stands beside it."""
    cancelled = warning.action == WarningAction.WARNING_ACTION_CANCEL
    responses = tuple(_NAMES[r] for r in warning.response_types if r in _NAMES)
    return replace(
        plain,
        language=warning.language or CHINESE,
        event=_stated(warning.event_name, plain.event),
        responses=responses or (ALL_CLEAR if cancelled else ()),
        audience=warning.audience,
        event_codes=(*plain.event_codes, *_other_codes(warning)),
        effective=_time(warning.effective_time) if warning.HasField("effective_time") else None,
        web=_uri(warning.web),
        contact=warning.contact,
        parameters=(*plain.parameters, *_own_parameters(warning)),
        resources=tuple(_resources_of(warning, "")),
        areas=tuple(_named_area(a, warning.area_description) for a in plain.areas),
    )


def in_other_languages(main: Info, warning: EarlyWarning) -> Iterator[Info]:
    """The same as the main info, with its texts in each other language."""
    seen = {main.language.lower()}
    for text in warning.texts:
        if text.language.lower() in seen:  # what the contract refuses
            continue
        seen.add(text.language.lower())
        yield replace(
            main,
            language=text.language,
            event=_stated(text.event_name, main.event),
            audience=text.audience,
            sender_name=text.issuer_name,
            headline=text.headline,
            description=text.description,
            instruction=text.instruction,
            web=_uri(text.web) or main.web,
            resources=tuple(_resources_of(warning, text.language)),
            areas=tuple(_named_area(a, text.area_description) for a in main.areas),
        )


def _other_codes(warning: EarlyWarning) -> Iterator[Named]:
    for code in warning.other_codes:
        yield Named(_stated(code.scheme, NAMELESS), code.value)


def _own_parameters(warning: EarlyWarning) -> Iterator[Named]:
    for parameter in warning.parameters:
        found = Named(_stated(parameter.name, NAMELESS), parameter.value)
        if is_own(found):
            yield found


def _resources_of(warning: EarlyWarning, language: str) -> Iterator[Resource]:
    for resource in warning.resources:
        if resource.language == language:
            yield Resource(
                description=_stated(resource.description, NAMELESS),
                mime_type=_stated(resource.media_type, NAMELESS),
                size=str(resource.size_bytes) if resource.HasField("size_bytes") else "",
                uri=_uri(resource.uri),
                digest=resource.sha1,
            )


def _named_area(area: Area, words: str) -> Area:
    return replace(area, description=_stated(words, area.description))


def _stated(text: str, otherwise: str) -> str:
    """A text that CAP must have."""
    return text if text.strip() else otherwise


def _time(time: Any) -> datetime:
    return in_beijing(Timestamp(seconds=time.seconds).ToDatetime(UTC))


def _uri(text: str) -> str:
    """An address as CAP's schema takes it; else none: then it travels as one of our parameters."""
    element = etree.Element("uri")
    element.text = text
    return text if _any_uri().validate(element) else ""


@cache
def _any_uri() -> Any:
    return etree.XMLSchema(
        etree.fromstring(
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
            '<xs:element name="uri" type="xs:anyURI"/></xs:schema>'
        )
    )
