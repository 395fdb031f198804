"""What the gateway tells an operator about itself."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.log.checkpoint import log_origin, witness_name
from gateway.log.instants import timestamp
from gateway.log.note import Signature, parse
from gateway.replication.alarms import Alarms
from gateway.replication.link import Link
from gateway.server.audit import alarm_of
from gateway.store.port import Cosigned, Head
from gateway.store.writer import Writer
from yrd.exchange.v1 import service_pb2 as pb

ALARMS = 20


@dataclass(frozen=True, slots=True)
class Around:
    """What an operator asks of beside log and links."""

    warnings: Callable[[], list[str]]
    log_problem: Callable[[], str]
    """Why the access log can't be written; empty if it can."""
    certificate_end: Callable[[], datetime]
    data_dir: Path


class Status:
    """Gathers the state of log, links and writer."""

    def __init__(
        self,
        participant: str,
        version: str,
        writer: Writer,
        links: Sequence[Link],
        receipts: Mapping[str, Cosigned],
        alarms: Alarms,
        clock: Callable[[], float],
        around: Around,
    ) -> None:
        self._participant, self._version = participant, version
        self._writer, self._links, self._receipts = writer, links, receipts
        self._alarms, self._clock, self._around = alarms, clock, around

    def __call__(self) -> pb.GetStatusResponse:
        """The state now."""
        own = log_origin(self._participant)
        heads = {own: self._writer.head(own), **self._writer.heads}
        order = sorted(heads, key=lambda log: (log != own, log))
        held = self._writer.held.get(own, "")
        problem = self._writer.problem or held or self._around.log_problem()
        free, total = _room(self._around.data_dir)
        return pb.GetStatusResponse(
            participant=self._participant,
            version=self._version,
            accepting=not problem,
            problem=problem,
            logs=[self._log(heads[log], own) for log in order],
            links=[self._link(link) for link in self._links],
            alarms=[alarm_of(alarm) for alarm in self._alarms.unsettled[: -ALARMS - 1 : -1]],
            last_offset=self._writer.last_offset,
            time=timestamp(int(self._clock() * 1e6)),
            warnings=self._around.warnings(),
            certificate_end_time=timestamp(int(self._around.certificate_end().timestamp() * 1e6)),
            disk_free_bytes=free,
            disk_total_bytes=total,
        )

    def _log(self, head: Head, own: str) -> pb.LogStatus:
        whole, redacted, withheld, quarantined = head.counts
        return pb.LogStatus(
            log_origin=head.log,
            size=head.size,
            root_hash=head.frontier.root(),
            checkpoint=self._with_receipts(head) if head.log == own else head.checkpoint,
            counts=pb.DispositionCounts(
                whole=whole, redacted=redacted, withheld=withheld, quarantined=quarantined
            ),
        )

    def _with_receipts(self, head: Head) -> str:
        """The newest checkpoint with the cosignatures of all peers that hold this very size."""
        if not head.checkpoint:
            return ""
        note = parse(head.checkpoint)
        for cosigned in self._receipts.values():
            if cosigned.size == head.size:
                for signature in _cosignatures(cosigned):
                    note = note.with_signature(signature)
        return note.render()

    def _link(self, link: Link) -> pb.LinkStatus:
        receipt = self._receipts.get(witness_name(link.participant))
        state = link.state
        held = self._writer.head(link.log).size
        return pb.LinkStatus(
            participant=link.participant,
            connected=state.connected,
            remote_size=max(state.remote_size, held),
            held_size=held,
            cosigned_size=receipt.size if receipt else 0,
            last_heard_time=timestamp(state.last_heard_us) if state.last_heard_us else None,
            problem=state.problem,
        )


def _room(folder: Path) -> tuple[int, int]:
    """Bytes that are free, and those that there are; zeros where nobody can tell."""
    try:
        found = shutil.disk_usage(folder)
    except OSError:
        return 0, 0
    return found.free, found.total


def _cosignatures(cosigned: Cosigned) -> list[Signature]:
    """Those of the peer; two while it changes its key."""
    return [s for s in parse(cosigned.note).signatures if s.name == cosigned.cosigner]
