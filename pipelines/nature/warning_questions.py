"""Warnings that can't be as they say: what they name was never issued, or later, or by somebody else."""

from collections.abc import Iterator, Set

from pipelines.facts import early
from pipelines.facts.known import Known
from pipelines.facts.natural_slots import may_replace_others
from pipelines.facts.questions import Question, about
from pipelines.facts.scope import micros
from pipelines.nature.publications import (
    HOUR_US,
    Name,
    Published,
    entity,
    issued,
    name,
    published,
    references,
    standing,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.warning.v1.warning_pb2 import WarningAction

_CANCEL = WarningAction.WARNING_ACTION_CANCEL
_REFERENCES = "early_warning.references"
_LONG_US = 30 * 24 * HOUR_US
_MEMO = "questions about warnings"


def questions(known: Known) -> list[Question]:
    """Questions about all warnings that are known; those about what they name, at whatever instant."""
    all_of_them = published(known)
    before = known.memo.get(_MEMO)
    if before is None or before[0] is not all_of_them:
        before = known.memo[_MEMO] = all_of_them, list(_questions(all_of_them))
    return [*before[1], *_endless(known)]


def _questions(all_of_them: Published) -> Iterator[Question]:
    for message in all_of_them.early:
        yield early.question(message, "early_warning.issue_time", "发布时间", "issue_time")
    identifiers = {name.identifier for name in all_of_them.named}
    for message in all_of_them.messages:
        for wrong in (_of_nothing, _of_another, _of_a_later, _of_a_replaced, _of_others_alone):
            question = wrong(message, all_of_them, identifiers)
            if question is not None:
                yield question


def _endless(known: Known) -> Iterator[Question]:
    for message in standing(known, known.as_of_us):
        warning = message.early_warning
        age_us = known.as_of_us - micros(warning.issue_time)
        if not warning.HasField("expire_time") and age_us > _LONG_US:
            yield about(
                message,
                "warning_without_end",
                "early_warning.expire_time",
                "预警无预计解除时间，且30天未更新：请解除或更新",
                "in force without an end and not renewed for 30 days: lift it or renew it",
            )


def _of_nothing(message: Message, all_of_them: Published, identifiers: Set[str]) -> Question | None:
    """It begins with changing what nobody issued, as far as is known."""

    def unknown(reference: Name) -> bool:
        mentioned = all_of_them.mentioned[reference]
        return reference.identifier not in identifiers and all(m is message for m in mentioned)

    named = references(message)
    if not named or message.header.revision > 1 or not all(map(unknown, named)):
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


def _of_another(message: Message, all_of_them: Published, identifiers: Set[str]) -> Question | None:
    """It names what another participant issued: only the issuer can change it."""
    foreign = [
        reference
        for reference in references(message)
        if reference not in all_of_them.named and reference.identifier in identifiers
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


def _of_a_later(message: Message, all_of_them: Published, _: Set[str]) -> Question | None:
    """It names what was issued after it."""
    later = [
        other
        for reference in references(message)
        for other in all_of_them.named.get(reference, ())
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


def _of_a_replaced(message: Message, all_of_them: Published, _: Set[str]) -> Question | None:
    """It cancels what had been replaced, and not what stands in its place: that stays in force."""
    if message.early_warning.action != _CANCEL or not _left(message, all_of_them):
        return None
    return about(
        message,
        "reference_to_replaced",
        _REFERENCES,
        "解除的预警此前已被更新，更新后的预警仍然有效：请一并引用",
        "cancels what had been replaced; what replaced it stands: name that in references, too",
    )


def _left(message: Message, all_of_them: Published) -> bool:
    """Whether something stands in the place of what it names, and it doesn't name that, too."""
    named = references(message)
    return any(
        issued(other) < issued(message)
        and entity(other) != entity(message)
        and name(other) not in named
        and not any(True for _ in all_of_them.replacing(other))
        for reference in named
        for other in all_of_them.mentioned[reference]
    )


def _of_others_alone(message: Message, all_of_them: Published, _: Set[str]) -> Question | None:
    """A later revision that names nothing but another warning's publication."""
    others = [
        other
        for reference in references(message)
        for other in all_of_them.named.get(reference, ())
        if entity(other) != entity(message)
    ]
    if not others or may_replace_others(message):
        return None
    return about(
        message,
        "reference_without_own",
        _REFERENCES,
        "更新只引用了另一条预警，未引用自身的上一次发布，该引用不予采用：请一并引用",
        "an update that names another warning alone replaces nothing: name its own predecessor, too",
    )
