"""What a peer can do against the rules of its log, and what shows it."""

from typing import Literal

from gateway.errors import LogInconsistent
from gateway.store.alarm_book import Evidence
from yrd.exchange.v1.service_pb2 import AlarmEvidence

Kind = Literal[
    "fork",
    "rollback",
    "replay",
    "forged_checkpoint",
    "missing_entry",
    "time",
    "erasure",
    "retention",
]
"""fork: two trees signed that contradict each other. rollback: a log shorter than what was signed of
it. replay: an entry or a checkpoint of another log, or of another place. forged_checkpoint: a
signature that is missing or false. missing_entry: something that should have been sent. time: a clock
that is off. erasure: a notice that asks for what is not its origin's to destroy. retention: no peer's
fault, the daily run of the own policy failed."""

HARMLESS: frozenset[str] = frozenset({"time", "erasure", "retention"})
"""Kinds that leave the link open: the log itself is whole."""


class Wrong(LogInconsistent):
    """A peer broke the rules of a log. `log` is the one concerned; `evidence` shows it."""

    def __init__(
        self, what: str, *, kind: Kind, log: str, index: int | str, evidence: AlarmEvidence
    ) -> None:
        super().__init__(f"{log}: {what}", log=log, index=index)
        self.kind, self.log, self.evidence = kind, log, evidence

    def kept(self, noticed_us: int) -> Evidence:
        """As it is stored."""
        data = self.evidence.SerializeToString()
        return Evidence(self.log, noticed_us, self.kind, self.message, data)
