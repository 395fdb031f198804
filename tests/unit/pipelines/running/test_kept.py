"""What an engine keeps of a scope says what an evaluation of everything says, and says it once."""

from random import Random

from pipelines.facts.scope import ACTUAL
from pipelines.facts.state import fold, serialise
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.pictures.results import is_view, view_of, views
from pipelines.running.kept import KeptScope
from tests.support.history import History
from tests.support.situation import after, us
from yrd.exchange.v1.message_pb2 import Draft, Message

HISTORY = History(3).days(3, 40)
END_US = us(after(days=4))
HOUR_US = 3_600_000_000


def folded(messages: list[Message]) -> list[tuple[str, bytes]]:
    return [(k.text(), serialise(s)) for k, s in fold(messages).items() if k.scope == ACTUAL]


def fresh() -> KeptScope:
    return KeptScope(ACTUAL, Staleness(), 0)


def said(draft: Draft) -> Message:
    message = Message.FromString(draft.SerializeToString())
    message.stamp.origin = "joint"
    return message


def due() -> dict[str, bytes]:
    """Bodies of all views, by entity, from everything at once."""
    states = {key: state for key, state in fold(HISTORY).items() if key.scope == ACTUAL}
    picture = evaluate(ACTUAL, states, END_US, Staleness())
    return {
        view.entity_id: view.body.SerializeToString(deterministic=True) for view in views(picture)
    }


def bodies(drafts: list[Draft]) -> dict[str, bytes]:
    found = (draft for draft in drafts if is_view(draft))
    return {
        d.header.entity_id: view_of(d).body.SerializeToString(deterministic=True) for d in found
    }


def test_in_any_order_and_twice_it_says_the_same() -> None:
    for seed in range(3):
        random, kept = Random(seed), fresh()
        told = random.sample(HISTORY, len(HISTORY)) + random.sample(HISTORY, 20)
        while told:
            size = random.randrange(1, 30)
            kept.take_in(folded(told[:size]))
            del told[:size]
        assert bodies(kept.news(END_US).drafts) == due()


def test_what_was_said_is_not_said_again() -> None:
    kept = fresh()
    kept.take_in(folded(HISTORY))
    first = kept.news(END_US)
    assert first.drafts
    assert not kept.news(END_US).drafts


def test_made_anew_from_what_was_kept_it_goes_on() -> None:
    kept = fresh()
    kept.take_in(folded(HISTORY[:60]))
    kept.news(END_US - HOUR_US)
    again = fresh()
    again.take_in(kept.states())
    again.remember(kept.words)
    for one in (kept, again):
        one.take_in(folded(HISTORY[60:]))
    assert kept.news(END_US).drafts == again.news(END_US).drafts


def test_without_its_words_it_learns_them_from_what_was_said() -> None:
    kept = fresh()
    kept.take_in(folded(HISTORY))
    news = kept.news(END_US)
    again = fresh()
    again.take_in(folded(HISTORY))
    assert again.hear([said(draft) for draft in news.drafts]) == news.views
    assert not again.news(END_US).drafts


def test_nothing_is_said_before_anyone_told_anything() -> None:
    assert not fresh().news(END_US).drafts
