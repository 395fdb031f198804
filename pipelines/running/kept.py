"""What an engine keeps of one scope: states in parts, and what was said. Pure; the engine stores it.

All that goes in may go in again, in any order: states merge, and of a word the newest counts. So an engine
that has lost what it kept reads everything anew and says the same.
"""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import Any

from pipelines.facts.facts import Facts
from pipelines.facts.scope import Key, key_of
from pipelines.facts.state import Part, merge, parts_of, serialise
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.questions.objection_words import Word
from pipelines.running.sayings import News, Sayings
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import State


class Spoken:
    """The last word on each entity, in memory (sayings.Remembered)."""

    def __init__(self) -> None:
        self.words: dict[str, Word] = {}

    def view(self, entity_id: str) -> Word:
        """Last revision, and what it said; (0, "") if there was none."""
        return self.words.get(entity_id, (0, ""))

    def views(self, begin: str, said: str = "") -> list[str]:
        """Entity ids that begin so, and what they said begins with `said`; sorted."""
        return sorted(
            entity
            for entity, (_, text) in self.words.items()
            if entity.startswith(begin) and text.startswith(said)
        )


class KeptScope:
    """States and words of one scope. What only moves is said every `regular_us`, as in Sayings.

    `parts`: where parts of states are, if the engine keeps them one by one; else they are in memory.
    """

    def __init__(
        self,
        scope: str,
        staleness: Staleness,
        regular_us: int,
        *,
        every_view: bool = False,
        parts: MutableMapping[Part, State] | None = None,
    ) -> None:
        self._scope, self._staleness = scope, staleness
        self._parts: MutableMapping[Part, State] = {} if parts is None else parts
        self._facts, self._memo = Facts(), dict[str, Any]()
        for (key, _), state in self._parts.items():
            self._facts.update({key_of(key): state})
        self._spoken = Spoken()
        self._sayings = Sayings(self._spoken, regular_us, every_view=every_view)

    def take_in(self, states: Iterable[tuple[str, bytes]]) -> None:
        """Folded states (key, bytes), on top of what is known."""
        for text, data in states:
            key = key_of(text)
            for part, state in parts_of(key, State.FromString(data)).items():
                self._merge(key, part, state)

    def _merge(self, key: Key, part: Part, state: State) -> None:
        if self._facts.include(key, state):
            return
        known = self._parts.get(part)
        merged = state if known is None else merge(known, state)
        if merged != known:  # what is over has left the facts, and is no news when it comes again
            self._parts[part] = merged
            self._facts.update({key: merged})

    def hear(self, messages: Sequence[Message]) -> dict[str, Word]:
        """Views and objections that were said, by whomever, and answers. Returns the words that are new."""
        return self._note(self._sayings.heard(messages))

    def remember(self, words: Mapping[str, Word]) -> None:
        """Words that were kept."""
        self._note(words)

    def news(self, now_us: int | None) -> News:
        """What the picture at an instant (None: the newest told) says that was not said.

        Nothing before anyone told anything.
        """
        if not self._facts.coverage:
            return News({}, [])
        picture = evaluate(self._scope, self._facts, now_us, self._staleness, self._memo)
        news = self._sayings.news([picture])
        self._note(news.views)
        return news

    def _note(self, words: Mapping[str, Word]) -> dict[str, Word]:
        self._spoken.words.update(words)
        return dict(words)

    def __len__(self) -> int:
        """Parts of states."""
        return len(self._parts)

    def states(self) -> list[tuple[str, bytes]]:
        """All states, merged: (key, bytes), in parts."""
        return [(key, serialise(state)) for (key, _), state in sorted(self._parts.items())]

    @property
    def words(self) -> Mapping[str, Word]:
        """The last word on each entity."""
        return self._spoken.words
