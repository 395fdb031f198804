"""A gateway as files need it, through the client."""

from collections.abc import Sequence
from dataclasses import dataclass

from client import ExchangeClient
from integration.cap.door import standings
from integration.cap.drafting import Standing
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import Filter, PublishResult

_TYPE = "yrd.warning.v1.EarlyWarning"


@dataclass(frozen=True, slots=True)
class ClientPublisher:
    """Publishes as a participant, and reads back what it has published."""

    client: ExchangeClient
    participant: str

    def publish(self, drafts: Sequence[Draft]) -> list[PublishResult]:
        """One result for each draft. Raises ExchangeError."""
        return self.client.publish(drafts)

    def known(self) -> dict[str, Standing]:
        """The participant's publications by identifier. Raises ExchangeError."""
        wanted = Filter(types=[_TYPE], origins=[self.participant])
        return standings((m.header, m.early_warning) for m in self.client.messages(wanted))
