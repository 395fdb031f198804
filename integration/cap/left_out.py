"""What of an alert its drafts don't carry: found by writing them as an alert again and comparing."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from integration.cap import naming
from integration.cap.alert import Alert, Area, Info, Named, Resource
from integration.cap.areas import coordinates, is_admin
from integration.cap.beside import plain_uri
from integration.cap.instants import read
from integration.cap.kept import PREFIX
from integration.cap.languages import told
from integration.cap.remarks import Kind, Remark
from schemas.codes.incidents import SCHEME

_SHOWN = 100
_PERSONAL = (".contact", ".addresses")
"""May name people: left out without the value."""
Leaf = tuple[str, str]


def left_out(alert: Alert, carried: Alert) -> list[Remark]:
    """One remark for each element of `alert` that is not in `carried`, one for each whole language."""
    kept = _other_languages(carried)
    lost = {name: said for name, said in _other_languages(alert).items() if name not in kept}
    found = Counter(_leaves(alert, {*lost}))
    found.subtract({leaf: found[leaf] for leaf in _leaves(carried, set())})
    remarks = [
        Remark(Kind.LEFT_OUT, path, _said(path, value))
        for (path, value), times in found.items()
        if times > 0
    ]
    return [_other(language) for language in lost.values()] + remarks


def _other_languages(alert: Alert) -> dict[str, str]:
    """Languages of infos that become no message of their own, in small letters and as written."""
    own = {id(each.info) for each in told(alert.infos)}
    others = [info for info in alert.infos if id(info) not in own]
    return {info.language.lower(): info.language for info in others}


def _other(language: str) -> Remark:
    text = (
        "其他语言的整段info，与主文对不上 a whole info in another language, of none in the main one"
    )
    return Remark(Kind.LEFT_OUT, f"alert.info[{language}]", text)


def _leaves(alert: Alert, without: set[str]) -> Iterator[Leaf]:
    for wanted in Alert.ELEMENTS:
        value = getattr(alert, wanted.attribute)
        if wanted.name == "references":
            yield from _references(value, alert.identifier)
        elif wanted.name == "incidents":
            yield from (("alert.incidents", token) for token in value.split())
        elif wanted.name == "info":
            heads = {id(each.info) for each in told(value)}
            for info in value:
                own = id(info) in heads
                if own or info.language.lower() not in without:
                    where = "alert.info" if own else f"alert.info[{info.language.lower()}]"
                    yield from _info(info, alert.sent, where)
        else:
            yield from _plain(value, wanted, "alert")


def _references(text: str, itself: str) -> Iterator[Leaf]:
    for token in text.split():
        parts = token.split(",")
        if itself in parts:
            continue
        yield "alert.references", parts[1] if len(parts) > 1 else parts[0]
        if len(parts) == 3:
            yield "alert.references sender", parts[0]
            yield "alert.references sent", _instant(parts[2])


def _info(info: Info, sent: datetime, where: str) -> Iterator[Leaf]:
    for wanted in Info.ELEMENTS:
        value, path = getattr(info, wanted.attribute), f"{where}.{wanted.name}"
        if wanted.name in ("eventCode", "parameter"):
            for named in value:
                yield from _named(named, path)
        elif wanted.name == "area":
            for area in value:
                yield from _area(area, path)
        elif wanted.name == "resource":
            for resource in value:
                yield from _resource(resource, path)
        elif wanted.name == "effective":
            if value is not None and value != sent:
                yield path, _utc(value)
        elif wanted.name == "web":
            if value:
                yield path, plain_uri(value)
        elif wanted.name != "language":
            yield from _plain(value, wanted, where)


def _named(named: Named, path: str) -> Iterator[Leaf]:
    name, value = named.value_name, named.value
    if name.startswith(PREFIX):
        return
    if name.upper() == naming.COLOR and (color := naming.color_of(value)):
        name, value = naming.COLOR, color.color
    if naming.scheme(name) == SCHEME:
        name = SCHEME
    yield f"{path} {name}", value


def _resource(resource: Resource, path: str) -> Iterator[Leaf]:
    """What it is and where, each with its description; not what is in it."""
    parts = {
        "mimeType": resource.mime_type,
        "size": str(int(resource.size)) if resource.size else "",
        "uri": plain_uri(resource.uri),
        "derefUri": "内容在文件内 its content is in the file" if resource.deref_uri else "",
        "digest": resource.digest.lower(),
    }
    yield f"{path}.resourceDesc", resource.description
    for name, value in parts.items():
        if value:
            yield f"{path}.{name}", f"{resource.description}: {value}"


def _area(area: Area, path: str) -> Iterator[Leaf]:
    yield f"{path}.areaDesc", area.description
    for polygon in area.polygons:
        yield f"{path}.polygon", _numbers(polygon, closed=True)
    for circle in area.circles:
        yield f"{path}.circle", _numbers(circle, closed=False)
    for geocode in area.geocodes:
        name = "" if is_admin(geocode) else f" {geocode.value_name}"
        yield f"{path}.geocode{name}", geocode.value
    for name, value in (("altitude", area.altitude), ("ceiling", area.ceiling)):
        if value:
            yield f"{path}.{name}", value


def _numbers(text: str, *, closed: bool) -> str:
    """Coordinates, however they are written; what is none, as it stands: of an info in another language."""
    try:
        groups = coordinates(text)
    except ValueError:
        groups = []
    if not groups:
        return text
    if closed and groups[0] != groups[-1]:
        groups.append(groups[0])
    return " ".join(",".join(repr(number) for number in group) for group in groups)


def _plain(value: Any, wanted: Any, path: str) -> Iterator[Leaf]:
    for one in value if wanted.many else (value,):
        if one not in (None, ""):
            yield f"{path}.{wanted.name}", _utc(one) if isinstance(one, datetime) else one


def _utc(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()


def _instant(text: str) -> str:
    try:
        return _utc(read(text)[0])
    except (ValueError, OverflowError):
        return text


def _said(path: str, value: str) -> str:
    if path.endswith(_PERSONAL):
        return "消息不带 not in the message"
    return f"消息不带 not in the message: {value[:_SHOWN]}{'…' if len(value) > _SHOWN else ''}"
