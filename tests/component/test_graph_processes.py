"""The graph in worker processes gives what it gives in one."""

from pipelines.running import graph
from pipelines.running.graph import Instant
from tests.support.builders import NOW
from tests.support.generated import folded
from tests.support.situation import incident, lacking, resource, us


def test_two_processes_give_what_one_gives() -> None:
    told = [message.SerializeToString() for message in (lacking(), resource(), incident("x"))]
    batches = [[data] for data in told] * graph.BATCHES_IN_FILE + [[b"no message"]]
    stored = {k.text(): data for k, data in folded([lacking(revision=2), incident("y")]).items()}
    instant = Instant(us(NOW))
    assert graph.run(batches, stored.items(), instant, 2) == graph.run(
        batches, stored.items(), instant
    )
