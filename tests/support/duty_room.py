"""The duty-room page over gateways in this process, with In-Fa as it was told and as the pipeline sees it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from integration.called_gateway import CalledGateway
from integration.drill.hours import pictures
from integration.drill.scenario import Scenario
from integration.page.config import PageConfig
from integration.page.serve import PageServer, prepared
from pipelines.pictures.picture import Picture
from pipelines.pictures.results import draft, views
from tests.support.delta import Delta
from tests.support.materials import Materials
from tests.support.running import free_port
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft

SECONDS = 60.0
"""A slow machine may take so long to begin."""
LOOK_SECONDS = 0.05
"""How often it looks for renewed certificates."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is served."""

    server: PageServer
    config: PageConfig

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{self.config.listen}"


@contextmanager
def served(config: PageConfig) -> Iterator[Page]:
    """Serves a page until the block ends."""
    server = prepared(config, LOOK_SECONDS)
    thread = threading.Thread(target=server.run, name="page")
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive(), "the page", SECONDS)
        yield Page(server, config)
    finally:
        server.end()
        thread.join()


def page_config(materials: Materials, address: str, participant: str = "joint") -> PageConfig:
    """A page over a participant's gateway."""
    ca, certificate, key = materials.system(participant)
    gateway = CalledGateway(address=address, ca=ca, certificate=certificate, key=key)
    return PageConfig(gateway=gateway, listen=f"127.0.0.1:{free_port()}")


class Told:
    """A scenario told to gateways hour by hour, and the joint room's views of it."""

    def __init__(self, delta: Delta, scenario: Scenario) -> None:
        self._delta, self._scenario = delta, scenario
        self._left = list(scenario.steps)
        self._hours = pictures(scenario)
        self._revision = 0
        self.newest: Picture | None = None

    def tell(self, hours: int) -> Picture:
        """Tells so many hours; publishes the picture of the last one."""
        shown = [next(self._hours) for _ in range(hours)][-1]
        due = [step for step in self._left if step.at <= shown.at]
        self._left = self._left[len(due) :]
        for participant in {step.participant for step in due}:
            drafts = [step.draft for step in due if step.participant == participant]
            _publish(self._delta, participant, drafts)
        self.publish(shown.picture)
        return shown.picture

    def publish(self, picture: Picture) -> None:
        """Publishes a picture's views, as the pipeline does."""
        self._revision += 1
        self.newest = picture
        _publish(self._delta, "joint", [draft(view, self._revision) for view in views(picture)])


def _publish(delta: Delta, participant: str, drafts: list[Draft]) -> None:
    results = delta.client(participant).publish(drafts)
    assert all(result.HasField("accepted") for result in results), results
