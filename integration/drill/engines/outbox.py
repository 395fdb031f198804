"""A province whose systems tell Kafka: its drafts go into an outbox topic, and a bridge publishes them."""

import time
from collections.abc import Sequence

from confluent_kafka import KafkaError, Message, Producer

from client import ExchangeClient, ExchangeError
from integration.drill.engines.topics import LOGGER, PATIENCE_SECONDS, Reader, told
from integration.drill.setting import DrillError
from schemas.avro.codec import encode
from yrd.exchange.v1.message_pb2 import Draft

LOOK_SECONDS = 0.02


class Outbox:
    """The topic as a system of the province sees it."""

    def __init__(self, brokers: str, topic: str, dead: str, client: ExchangeClient) -> None:
        self._topic, self._client = topic, client
        self._producer = Producer(
            {"bootstrap.servers": brokers, "enable.idempotence": True, "logger": LOGGER}
        )
        self._dead = Reader(brokers, [dead])
        self.told = 0
        """Drafts that it has taken."""

    def publish(self, drafts: Sequence[Draft]) -> list[str]:
        """For each draft why it became a dead letter; empty once the gateway has it. Raises DrillError."""
        places = self._produced(drafts)
        answers: dict[int, str] = {}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(answers) < len(drafts):
            if time.monotonic() > deadline:
                raise DrillError(
                    f"the bridge published nothing of {self._topic} for long; see its log"
                )
            self._look(drafts, places, answers)
        self.told += len(drafts)
        return [answers[number] for number in range(len(drafts))]

    def close(self) -> None:
        """No call may follow."""
        self._dead.__exit__()

    def _produced(self, drafts: Sequence[Draft]) -> list[str]:
        """Their positions in the topic, as dead letters name them."""
        places: list[str] = []

        def note(error: KafkaError | None, record: Message) -> None:
            if error is not None:
                raise DrillError(f"Kafka says {error.name()}: {error.str()}")
            places.append(f"{record.topic()}-{record.partition()}-{record.offset()}")

        for draft in drafts:
            key = draft.header.entity_id.encode()
            self._producer.produce(self._topic, encode(draft), key, on_delivery=note)
        self._producer.flush(PATIENCE_SECONDS)
        if len(places) < len(drafts):
            raise DrillError(f"Kafka did not take drafts for {PATIENCE_SECONDS:g} s")
        return places

    def _look(
        self, drafts: Sequence[Draft], places: Sequence[str], answers: dict[int, str]
    ) -> None:
        self._dead.look(LOOK_SECONDS)
        dead = {told(one).get("yrd-position"): told(one) for one in self._dead.records}
        for number, draft in enumerate(drafts):
            if number in answers:
                continue
            if letter := dead.get(places[number]):
                answers[number] = f"{letter.get('yrd-reason')}: {letter.get('yrd-text')}"
            elif not self._there(draft):
                return  # they are published in order
            else:
                answers[number] = ""

    def _there(self, draft: Draft) -> bool:
        try:
            self._client.get(draft.header.message_id)
        except ExchangeError as error:
            if error.code == "NOT_FOUND":
                return False
            raise
        return True
