"""What Prometheus reads of the page: who looks, whether it hears its gateway, how old the picture is."""

from collections.abc import Iterator, Sequence

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily as Counts
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.registry import Collector

from integration.page.room import Room
from pipelines.facts.scope import ACTUAL, micros
from yrd.situation.v1.situation_pb2 import SituationSummary


class PageMetrics(Collector):
    """Looks at a room when it is asked; in the asker's thread."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def describe(self) -> Sequence[Metric]:
        """Nothing needs to be known before."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All of it."""
        room = self._room
        yield Gauge("yrd_page_open_pages", "Browsers that follow the page.", value=room.readers)
        yield Gauge("yrd_page_boards", "Boards that are kept up.", value=room.boards)
        yield Gauge(
            "yrd_page_connected",
            "1 while the gateway is being followed.",
            value=float(room.connected),
        )
        yield Counts("yrd_page_messages", "Messages that came from the gateway.", value=room.taken)
        yield Counts(
            "yrd_page_losses",
            "How often the gateway was lost, first tries included.",
            value=room.losses,
        )
        shown = room.shown(ACTUAL)
        if shown is not None:
            yield Gauge(
                "yrd_page_picture_timestamp_seconds",
                "Instant of the actual picture that is shown; absent while there is none.",
                value=micros(shown.summary.as_of_time) / 1e6,
            )
            yield from _coverage(shown.summary)


def _coverage(summary: SituationSummary) -> Iterator[Metric]:
    """Who is silent, by the actual picture."""
    stale = Gauge(
        "yrd_page_participant_stale",
        "1 if the participant has been silent too long, or has never spoken.",
        labels=["participant"],
    )
    told = Gauge(
        "yrd_page_participant_told_timestamp_seconds",
        "Newest instant at which the participant told anything; 0: never.",
        labels=["participant"],
    )
    for line in summary.coverage:
        stale.add_metric([line.participant], float(line.stale))
        told.add_metric([line.participant], micros(line.last_told_time) / 1e6)
    yield from (stale, told)
