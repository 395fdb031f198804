"""What the pipeline has said, as is remembered and as the feed brings it back, and what a picture adds to it.

Views (pipelines.results) and objections (pipelines.objections) are said under entity ids of their own, and
only when they say something new. Both go out through the same outbox.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from pipelines.facts.scope import ACTUAL, micros
from pipelines.pictures.picture import Picture
from pipelines.pictures.results import (
    Said,
    View,
    draft,
    emptied,
    is_joint,
    is_news,
    is_view,
    part_id,
    proposal_id,
    said_of,
    view_of,
    views,
    withdrawal,
)
from pipelines.questions import objection_words
from pipelines.questions.objection_words import Word, begin_of, named
from pipelines.questions.objections import Due, due
from schemas.codes.tables import PROVINCES
from yrd.coordination.v1.dialogue_pb2 import ObjectionStep
from yrd.exchange.v1.message_pb2 import Draft, Message

Views = dict[str, Word]
"""Entity id of what was said → its revision and what it said (Said.text(), or Standing.text())."""


class Remembered(Protocol):
    """The last words on what was said: a store, or what an engine keeps (pipelines.running.kept)."""

    def view(self, entity_id: str) -> Word:
        """Last revision, and what it said; (0, "") if there was none."""
        ...

    def views(self, begin: str, said: str = "") -> list[str]:
        """Entity ids that begin so, and what they said begins with `said`; sorted."""
        ...


class News(NamedTuple):
    """What is to be said, and what is then known of it."""

    views: Views
    drafts: list[Draft]


def is_said(message: Message) -> bool:
    """Whether it is no part of the picture: something that was said about it, or an answer to that."""
    return is_view(message) or message.HasField("objection")


class Sayings:
    """What is remembered of what was said. What only moves is said every `regular_us`: in the joint summary,
    or in every view."""

    def __init__(self, store: Remembered, regular_us: int, *, every_view: bool = False) -> None:
        self._store, self._regular_us, self._every_view = store, regular_us, every_view

    def heard(self, messages: Iterable[Message]) -> Views:
        """What is newer in the feed than the store knows: it was lost, another pipeline published, or
        somebody answered an objection."""
        found: Views = {}
        said = _Before(self._store, found)
        for message in messages:
            if is_view(message):
                view, revision = view_of(message), message.header.revision
                if revision > said.word(view.entity_id)[0]:
                    found[view.entity_id] = revision, view.said.text()
            elif name := named(message):
                word = objection_words.heard(message, said.word(name))
                if word != said.word(name):
                    found[name] = word
        return found

    def news(self, pictures: Sequence[Picture], heard: Mapping[str, Word] | None = None) -> News:
        """What pictures say that was not said, in the store or heard since."""
        before = _Before(self._store, heard or {})
        said = [item for picture in pictures for item in self._views(picture, before)]
        objected = [one for picture in pictures for one in _objections(picture, before)]
        known = {view.entity_id: (revision, view.said.text()) for view, revision in said}
        known |= {one.draft.header.entity_id: one.word for one in objected}
        drafts = [draft(view, revision) for view, revision in said]
        return News(known, [*drafts, *(one.draft for one in objected)])

    def _views(self, picture: Picture, before: "_Before") -> Iterator[tuple[View, int]]:
        """Views that say something new, with their revisions; those that fell away, too."""
        found = list(views(picture))
        # an exercise has its own time, which may stand still
        regular_us = self._regular_us if picture.scope == ACTUAL else 0
        for view in [*found, *_withdrawals(found, before)]:
            revision, text = before.word(view.entity_id)
            said = said_of(text) if text else Said()
            if is_news(view, said, regular_us, every_view=self._every_view):
                yield view, revision + 1


class _Before:
    """What was said before (objections.Before): in a store, or heard since."""

    def __init__(self, store: Remembered, heard: Mapping[str, Word]) -> None:
        self._store, self._heard = store, heard

    def word(self, entity_id: str) -> Word:
        """The last word."""
        return self._heard.get(entity_id) or self._store.view(entity_id)

    def saying(self, begin: str, said: str = "") -> list[str]:
        """Entity ids that begin so, and whose last word begins with `said`; sorted."""
        stored = set(self._store.views(begin, said)) - self._heard.keys()
        fresh = (e for e, (_, text) in self._heard.items() if text.startswith(said))
        return sorted(stored.union(e for e in fresh if e.startswith(begin)))

    def at_step(self, begin: str, step: ObjectionStep) -> list[str]:
        """Entity ids of objections at that step that begin so; sorted."""
        return self.saying(begin, begin_of(step))


def _withdrawals(found: Sequence[View], before: _Before) -> Iterator[View]:
    standing = {view.entity_id for view in found}
    for summary in filter(is_joint, found):
        for entity_id in before.saying(part_id(summary.scope)):
            if entity_id not in standing:
                yield emptied(entity_id, summary)
        for province in PROVINCES:
            entity_id = proposal_id(summary.scope, province)
            if before.word(entity_id)[0] and entity_id not in standing:
                yield withdrawal(province, summary)


def _objections(picture: Picture, before: _Before) -> list[Due]:
    as_of_us = micros(picture.summary.as_of_time)
    silent = {
        line.participant for line in picture.summary.coverage if line.stale and line.message_count
    }
    return due(picture.scope, as_of_us, picture.questions, before, silent)
