"""What the results topic says was said."""

from pipelines.beam.own_results import heard_in
from pipelines.facts.scope import ACTUAL
from pipelines.facts.state import fold
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.pictures.results import draft, view_of, views
from pipelines.streaming.reading import said_in
from schemas.avro.codec import encode
from tests.support import builders
from tests.support.situation import exercise, incident


def test_a_view_that_was_said_comes_back() -> None:
    for scope, header in ((ACTUAL, {}), ("exercise/drill", exercise())):
        picture = evaluate(scope, fold([incident(**header)]), None, Staleness())
        said = draft(next(iter(views(picture))), 3)
        [(heard_scope, told)] = heard_in(encode(said))
        [message] = said_in(told)
        assert heard_scope == scope
        assert (message.header, message.stamp.origin) == (said.header, "joint")
        assert view_of(message) == view_of(said)


def test_what_others_put_there_is_left_alone() -> None:
    assert not heard_in(encode(builders.draft()))
    assert not heard_in(b"{}")
