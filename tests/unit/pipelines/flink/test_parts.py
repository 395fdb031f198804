"""A scope over an engine's rows says what one in memory says, whenever it is made anew from them."""

from collections.abc import Iterable
from random import Random

from pipelines.facts.scope import ACTUAL
from pipelines.facts.state import fold, serialise
from pipelines.flink.parts import Parts
from pipelines.pictures.picture import Staleness
from pipelines.questions.objection_words import Word
from pipelines.running.kept import KeptScope
from tests.support.history import History
from tests.support.situation import after, us
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import CoverageState, State

HISTORY = History(3).days(3, 40)


class Rows(dict[str, bytes]):
    """As Flink's MapState; counts what is read and written."""

    def __init__(self) -> None:
        super().__init__()
        self.gets = self.puts = 0

    def get(self, name: str) -> bytes | None:  # type: ignore[override]
        self.gets += 1
        return super().get(name)

    def put(self, name: str, value: bytes) -> None:
        self.puts += 1
        self[name] = value

    def remove(self, name: str) -> None:
        del self[name]


def folded(messages: Iterable[Message]) -> list[tuple[str, bytes]]:
    return [(k.text(), serialise(s)) for k, s in fold(messages).items() if k.scope == ACTUAL]


def over(rows: Rows, words: dict[str, Word]) -> KeptScope:
    kept = KeptScope(ACTUAL, Staleness(), 0, every_view=True, parts=Parts(rows))
    kept.remember(words)
    return kept


def test_made_anew_at_any_moment_it_goes_on_and_says_the_same() -> None:
    plain = KeptScope(ACTUAL, Staleness(), 0, every_view=True)
    rows, words = Rows(), dict[str, Word]()
    random, left = Random(5), [*HISTORY, *HISTORY[:20]]
    kept = over(rows, words)
    while left:
        size = random.randrange(1, 30)
        some, left = left[:size], left[size:]
        if random.random() < 0.5:
            kept = over(rows, words)
        for scope in (plain, kept):
            scope.take_in(folded(some))
        news = kept.news(None)
        assert news == plain.news(None)
        words |= news.views
    assert sorted((k, serialise(s)) for (k, _), s in Parts(rows).items()) == sorted(plain.states())


def test_what_is_known_is_neither_read_nor_written_again() -> None:
    rows = Rows()
    kept = over(rows, {})
    kept.take_in(folded(HISTORY))
    coverage = len({message.stamp.origin for message in HISTORY})
    rows.gets = rows.puts = 0
    kept.take_in(folded(HISTORY))
    assert (rows.gets, rows.puts) == (coverage, 0)


def test_what_is_over_does_not_come_back_when_it_is_told_again() -> None:
    rows = Rows()
    kept = over(rows, {})
    kept.take_in(folded(HISTORY))
    far = us(after(days=5000))
    kept.news(far)
    before = dict(rows)
    kept.take_in(folded(HISTORY[:30]))
    assert dict(rows) == before
    assert not kept.news(far).drafts


def test_rows_are_a_mapping() -> None:
    parts = Parts(Rows())
    part, state = ("actual|incidents|310000", "a|b|c\nd"), State(coverage=CoverageState(origin="x"))
    parts[part] = state
    assert (list(parts), len(parts), parts[part]) == ([part], 1, state)
    del parts[part]
    assert part not in parts
