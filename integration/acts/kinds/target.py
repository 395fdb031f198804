"""What an act is done on: the message or picture that its address names, in the scope that it names."""

from collections.abc import Iterable

from integration.acts.seam import NOTHING_SAID, CannotAct, Known, Said, Thing, thing
from integration.page.desk import Shown
from integration.page.views.log import line
from pipelines.facts.scope import scope_of
from pipelines.words import EN, NAMES, ZH
from schemas.catalog import type_name
from yrd.exchange.v1.message_pb2 import Message

Entity = tuple[str, str]
"""Origin and entity id."""


class NotHere(CannotAct):
    """The act is none for a thing of this kind: it is not offered, and there is nothing to explain."""

    def __init__(self) -> None:
        super().__init__(NOTHING_SAID)


def participant(name: str) -> Said:
    """A participant's name."""
    zh, en = NAMES.get(name, (name, name))
    return Said(zh, en)


def called(message: Message) -> Said:
    """What kind of message it is, and its title."""
    told = [line(message, words) for words in (ZH, EN)]
    zh, en = (" ".join(filter(None, (one["kind"], one["title"]))) for one in told)
    return Said(zh, en)


def message_of(known: Known, about: str, *fields: str) -> tuple[Thing, Message]:
    """The message that is named, with a body of one of these fields. Raises CannotAct."""
    named = thing(about)
    found = known.message(named.id) if named.kind == "message" else None
    if found is None or scope_of(found) != named.scope:
        raise CannotAct(
            Said("本机构网关的这一画面中没有这条报文", "this picture has no such message here"),
            Said(
                "请核对报文编号和画面（实战或演练）",
                "check its id and the picture: actual or exercise",
            ),
        )
    if fields and found.WhichOneof("body") not in fields:
        raise NotHere
    return named, found


def picture_of(known: Known, scope: str) -> Shown:
    """The newest picture of a scope. Raises CannotAct."""
    shown = known.picture(scope)
    if shown is None:
        raise CannotAct(
            Said("这一范围尚无态势摘要", "there is no picture of this scope yet"),
            Said("待联合值班室发布后再办理", "wait until the joint duty room publishes one"),
        )
    return shown


def newest(known: Known, scope: str, *types: str) -> list[Message]:
    """The newest revision of each entity of these types in a scope, by origin and entity id."""
    found: dict[Entity, Message] = {}
    for message in known.messages(*types):
        key = message.stamp.origin, message.header.entity_id
        before = found.get(key)
        newer = before is None or message.header.revision > before.header.revision
        if newer and scope_of(message) == scope:
            found[key] = message
    return [found[key] for key in sorted(found)]


def newest_of(known: Known, scope: str, message: Message) -> Message:
    """The newest revision of a message's entity, which may be the message itself."""
    entity = message.stamp.origin, message.header.entity_id
    told = newest(known, scope, str(type_name(message)))
    return next((m for m in told if (m.stamp.origin, m.header.entity_id) == entity), message)


def entity(messages: Iterable[Message], origin: str, entity_id: str) -> Message | None:
    """One of them by its entity."""
    return next(
        (m for m in messages if (m.stamp.origin, m.header.entity_id) == (origin, entity_id)),
        None,
    )
