"""A graph that was prepared gives what the plain functions give, run after run."""

from pipelines.running.prepared import PreparedGraph
from tests.support.feeds import plain_graph
from tests.support.generated import folded
from tests.support.situation import crossing, exercise, incident, lacking, resource, warning
from yrd.exchange.v1.message_pb2 import Message

STORY = [
    lacking(),
    resource(),
    crossing("310000", "320000"),
    warning(**exercise()),
    incident(mode="MODE_TEST"),
]


def test_nothing_is_left_from_one_run_to_the_next() -> None:
    prepared = PreparedGraph()
    told = [message.SerializeToString() for message in STORY]
    stored = [(key.text(), data) for key, data in folded([lacking(revision=2)]).items()]
    bad = [b"\xff\xff\xff", Message(header=incident().header).SerializeToString()]
    for batches, known in (
        ([told[:3], [*told[3:], bad[0]]], stored),
        ([bad], []),
        ([], stored),
        ([[]], []),
        ([told], stored),
    ):
        found, expected = prepared.run(batches, known), plain_graph(batches, known)
        assert found.states == expected.states
        assert sorted(found.rejected) == sorted(expected.rejected)
        assert found.views == []
