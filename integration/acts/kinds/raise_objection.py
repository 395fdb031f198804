"""数据异议 · An objection to a datum of another participant."""

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.message import Message as AnyMessage

from integration import objections
from integration.acts.kinds.drafting import draft, will
from integration.acts.kinds.fields import OFFICERS, choice, text
from integration.acts.kinds.filled import MISSING, Filled
from integration.acts.kinds.target import called, message_of, participant
from integration.acts.seam import CannotAct, Form, Known, Person, Said, Thing, seen
from integration.objections import GROUNDS, raising
from schemas.catalog import body_of
from schemas.disclosure import clear
from yrd.exchange.v1.message_pb2 import Draft, Message

_ENGLISH = {
    "incorrect": "it is not so",
    "outdated": "it is no longer so",
    "incomplete": "something is missing",
    "duplicate": "another message tells the same",
    "competence": "another authority is the one for it",
    "disclosure": "it must not be shared",
}
_ALL = Said("整条报文", "the whole message")
_WHAT = Said("请写明哪里不对、应为什么", "say what is wrong, and what is right")
_PERSONAL = "personal"
MOST_PATHS = 150
MOST_VALUE = 40


class RaiseObjection:
    """The objection is the participant's; the addressee answers it."""

    name = "object"
    label = Said("提出异议", "Object")
    roles = OFFICERS
    on = frozenset(("message",))

    def form(self, known: Known, about: str) -> Form:
        """Raises CannotAct."""
        named, target = _target(known, about)
        who, what = participant(target.stamp.origin), called(target)
        grounds = {key: Said(zh, _ENGLISH.get(key, key)) for key, zh in GROUNDS.items()}
        paths = {"": _ALL} | {path: Said(shown, shown) for path, shown in _paths(target)}
        return Form(
            act=self.name,
            about=about,
            seen=seen([target]),
            title=Said(f"提出异议：{who.zh} {what.zh}", f"Object to: {who.en}, {what.en}"),
            warning=will(
                named.scope,
                f"将正式告知{who.zh}和各方，{who.zh}须答复是否成立。原数据在其更正前不变。",
                f"{who.en} and all others are told; {who.en} must answer. The datum stays until corrected.",
            ),
            fields=[
                choice("field", Said("哪一项", "Which datum"), paths),
                choice("ground", Said("理由", "Ground"), grounds, "incorrect", required=True),
                text("statement", Said("说明", "Statement"), most=5000, required=True),
            ],
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """Raises FieldErrors, CannotAct."""
        named, target = _target(known, about)
        filled = Filled(fields)
        ground = filled.text("ground", MISSING)
        if ground and ground not in GROUNDS:
            filled.wrong("ground", MISSING)
        path = filled.text("field")
        if path and path not in dict(_paths(target)):
            filled.wrong("field", Said("报文中没有这一项", "the message has no such field"))
        statement = filled.text("statement", _WHAT)
        filled.done()
        raised = raising(target, known.me, ground, statement, path, known.now_ms)
        made = draft(known, named.scope, key, "objection", target.header)
        made.objection.CopyFrom(raised.objection)
        return [made]


def _target(known: Known, about: str) -> tuple[Thing, Message]:
    named, target = message_of(known, about)
    if target.stamp.origin == known.me:
        raise CannotAct(
            Said("这是本机构自己的数据", "it is this participant's own datum"),
            Said("请发新版更正", "publish a later revision that corrects it"),
        )
    if target.HasField("objection") and target.objection.step != objections.RAISED:
        raise CannotAct(
            Said("这是对异议的答复", "it answers an objection"),
            Said("如仍不同意，请对原数据再提异议", "object to the datum anew"),
        )
    return named, target


def _paths(target: Message) -> Iterator[tuple[str, str]]:
    """Fields that have a value, with it: what is personal is left out."""
    field = str(target.WhichOneof("body"))
    shown = Message.FromString(target.SerializeToString())
    body = body_of(shown)
    if body is None:
        return
    clear(body, _PERSONAL)
    for number, (path, value) in enumerate(_leaves(body, field)):
        if number == MOST_PATHS:
            return
        yield path, f"{path.partition('.')[2]} = {value}"


def _leaves(message: AnyMessage, path: str) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        here = f"{path}.{field.name}"
        items: list[tuple[str, Any]] = [(here, value)]
        if field.is_repeated:
            items = [(f"{here}[{place}]", item) for place, item in enumerate(value)]
        for name, item in items:
            if field.message_type is None:
                yield name, _short(field, item)
            elif field.message_type.full_name == "google.protobuf.Timestamp":
                yield name, item.ToJsonString()
            else:
                yield from _leaves(item, name)


def _short(field: Any, value: Any) -> str:
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known else str(value)
    said = " ".join(str(value).split())
    return said if len(said) <= MOST_VALUE else f"{said[: MOST_VALUE - 1]}…"
