"""Where a drill takes place: what is started for it, and how its drafts get to the gateways."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from client import ExchangeClient, describe
from integration.drill.facts import Check
from integration.drill.observe import Observed
from integration.stack import Stack, prepare
from yrd.exchange.v1.message_pb2 import Draft


class DrillError(Exception):
    """The drill could not be run to its end; the text says why."""


class Setting(Protocol):
    """A stack, and what stands around it."""

    stack: Stack
    settle_seconds: float
    """How long it may take until all is everywhere, after the last message."""

    def start(self) -> None:
        """All of it serves on return. Raises DrillError, StackError."""
        ...

    def publish(self, participant: str, drafts: Sequence[Draft]) -> list[str]:
        """For each draft why it was refused; empty if it is acknowledged. Raises DrillError."""
        ...

    def carried(self, observed: Observed, entries: int) -> list[Check]:
        """What engines had to do with it; `entries`: in all stores."""
        ...

    def stop(self) -> None:
        """Ends everything."""
        ...


class Embedded:
    """Everything on this machine, without engines."""

    settle_seconds = 45.0

    def __init__(self, folder: Path) -> None:
        self.stack = prepare(folder)

    def start(self) -> None:
        """Five gateways and the pipeline."""
        self.stack.start()

    def publish(self, participant: str, drafts: Sequence[Draft]) -> list[str]:
        """By the participant's gateway."""
        return published(self.stack.members[participant].client(), drafts)

    def carried(self, observed: Observed, entries: int) -> list[Check]:
        """There are none."""
        return []

    def stop(self) -> None:
        """Ends the stack."""
        self.stack.stop()


def published(client: ExchangeClient, drafts: Sequence[Draft]) -> list[str]:
    """For each draft why the gateway refused it; empty if it is durable there."""
    return [
        str(describe(result.error)) if result.HasField("error") else ""
        for result in client.publish(list(drafts))
    ]
