"""Warnings that can't be as they say: what they name was never issued, or later, or by somebody else."""

from collections.abc import Iterator

from pipelines.known import Known
from pipelines.publications import (
    HOUR_US,
    Entity,
    Name,
    by_name,
    entity,
    every,
    issued,
    name,
    publications,
    references,
    replaced,
    too_early,
)
from pipelines.questions import Question, about
from pipelines.scope import micros
from yrd.exchange.v1.message_pb2 import Message
from yrd.warning.v1.warning_pb2 import WarningAction

_CANCEL = WarningAction.WARNING_ACTION_CANCEL
_REFERENCES = "early_warning.references"
_LONG_US = 30 * 24 * HOUR_US


def questions(known: Known) -> Iterator[Question]:
    """Questions about all warnings that are known, at whatever instant one looks."""
    for message in (*known.newest("early_warning"), *known.kept("early_warning")):
        if too_early(message):
            yield about(
                message,
                "time_in_the_future",
                "early_warning.issue_time",
                "发布时间晚于报送时间，视为未发布",
                "issue_time lies after the message was told: it counts as not issued",
            )
    for message in publications(known, known.as_of_us).standing:
        if _endless(message, known.as_of_us):
            yield about(
                message,
                "warning_without_end",
                "early_warning.expire_time",
                "预警无预计解除时间，且30天未更新：请解除或更新",
                "in force without an end and not renewed for 30 days: lift it or renew it",
            )
    published = _Published(every(known))
    for message in published.messages:
        for wrong in (_of_nothing, _of_another, _of_a_later, _of_a_replaced):
            question = wrong(message, published)
            if question is not None:
                yield question


def _endless(message: Message, at_us: int) -> bool:
    warning = message.early_warning
    age_us = at_us - micros(warning.issue_time)
    return not warning.HasField("expire_time") and age_us > _LONG_US


class _Published:
    """All publications that are known, and who names what."""

    def __init__(self, messages: list[Message]) -> None:
        self.messages = messages
        self.named = by_name(messages)
        self.mentioned: dict[Name, list[Message]] = {}
        for message in messages:
            for reference in references(message):
                self.mentioned.setdefault(reference, []).append(message)
        self.identifiers = {name.identifier for name in self.named}
        self.gone = replaced(messages)
        self._first: dict[Entity, Message] = {}
        for message in messages:
            self._first.setdefault(entity(message), message)

    def begins(self, message: Message) -> bool:
        """Whether nothing that is known of the same warning came before it."""
        return self._first[entity(message)] is message

    def left_by(self, message: Message) -> bool:
        """Whether something stands in the place of what it names, and it doesn't name that, too."""
        named = references(message)
        return any(
            issued(other) < issued(message)
            and entity(other) != entity(message)
            and name(other) not in {*named, *self.gone}
            for reference in named
            for other in self.mentioned.get(reference, ())
        )


def _of_nothing(message: Message, published: _Published) -> Question | None:
    """It changes what nobody issued, as far as is known."""

    def unknown(reference: Name) -> bool:
        mentioned = published.mentioned.get(reference, ())
        return reference not in published.named and all(m is message for m in mentioned)

    named = references(message)
    if not named or not all(map(unknown, named)) or not published.begins(message):
        return None
    if any(reference.identifier in published.identifiers for reference in named):
        return None
    if message.early_warning.action == _CANCEL:
        return about(
            message,
            "cancels_the_unknown",
            _REFERENCES,
            "解除了从未见发布的预警：请核对引用，或补报所引用的预警",
            "cancels what nobody is known to have issued: check references, or send what they name",
        )
    return about(
        message,
        "updates_the_unknown",
        _REFERENCES,
        "更新了从未见发布的预警：请核对引用，或补报所引用的预警",
        "updates what nobody is known to have issued: check references, or send what they name",
    )


def _of_another(message: Message, published: _Published) -> Question | None:
    """It names what another participant issued: only the issuer can change it."""
    foreign = [
        reference
        for reference in references(message)
        if reference not in published.named and reference.identifier in published.identifiers
    ]
    if not foreign:
        return None
    return about(
        message,
        "reference_to_another",
        _REFERENCES,
        "引用了其他单位发布的预警，该引用不予采用",
        "references name what another participant issued: that has no effect",
    )


def _of_a_later(message: Message, published: _Published) -> Question | None:
    """It names what was issued after it."""
    later = [
        other
        for reference in references(message)
        for other in published.named.get(reference, ())
        if _after(other, message)
    ]
    if not later:
        return None
    return about(
        message,
        "reference_to_later",
        _REFERENCES,
        "引用了晚于自身发布的预警，该引用不予采用",
        "references name what was issued later: that has no effect",
    )


def _after(other: Message, message: Message) -> bool:
    """Whether another publication came later; revisions of one warning follow each other in any case."""
    if entity(other) == entity(message):
        return other.header.revision > message.header.revision
    return issued(other) > issued(message)


def _of_a_replaced(message: Message, published: _Published) -> Question | None:
    """It cancels what had been replaced, and not what stands in its place: that stays in force."""
    if message.early_warning.action != _CANCEL or not published.left_by(message):
        return None
    return about(
        message,
        "reference_to_replaced",
        _REFERENCES,
        "解除的预警此前已被更新，更新后的预警仍然有效：请一并引用",
        "cancels what had been replaced; what replaced it stands: name that in references, too",
    )
