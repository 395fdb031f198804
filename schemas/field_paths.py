"""Whether a path such as "incident_report.needs[0].quantity" leads to a field of a message."""

import re
from typing import Any

from schemas.catalog import Carrier

_PART = re.compile(r"([a-z][a-z0-9_]*)(?:\[(\d+)\])?")


class FieldPathError(ValueError):
    """A path that leads nowhere; the text says where it ends and what would do."""


def require_field(carrier: Carrier, path: str) -> None:
    """Raises FieldPathError unless the path leads to a field of the carrier's header or body.

    Names are those of the protos. An index is compared with the items that are there; of a list that
    is empty here, perhaps because its group was not given, any index is taken.
    """
    here: Any = carrier
    descriptor: Any = carrier.DESCRIPTOR
    names = ["header", *filter(None, [carrier.WhichOneof("body")])]
    above, parts = "the message", path.split(".")
    for number, part in enumerate(parts):
        found = _PART.fullmatch(part)
        if found is None:
            raise FieldPathError(
                f'{path!r}: {part!r} is no name of a field: write names as in the protos, joined by "."'
                ", such as incident_report.needs[0].quantity"
            )
        name, index = found[1], found[2]
        if descriptor is None or name not in names:
            raise FieldPathError(_no_field(path, above, name, names if descriptor else []))
        field = descriptor.fields_by_name[name]
        _require_index(path, part, field, index, last=number == len(parts) - 1)
        here = None if here is None else getattr(here, name)
        if index is not None:
            here = _item(path, part, here, int(index))
        descriptor = field.message_type
        names = [f.name for f in descriptor.fields] if descriptor else []
        above = name


def _no_field(path: str, above: str, name: str, names: list[str]) -> str:
    if not names:
        return f"{path!r}: {above} has no fields in it: end the path there"
    return f"{path!r}: {above} has no field {name!r}: use one of {', '.join(names)}"


def _require_index(path: str, part: str, field: Any, index: str | None, *, last: bool) -> None:
    if index is not None and not field.is_repeated:
        raise FieldPathError(f"{path!r}: {field.name} is no list: leave out [{index}]")
    if index is None and field.is_repeated and not last:
        raise FieldPathError(f"{path!r}: {part} is a list: say which item, such as {part}[0]")


def _item(path: str, part: str, items: Any, index: int) -> Any:
    if not items:
        return None
    if index >= len(items):
        raise FieldPathError(
            f"{path!r}: {part} is beyond the {len(items)} items of this message: count from 0"
        )
    return items[index]
