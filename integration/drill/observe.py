"""What the gateways of a drill say through their public interface."""

from dataclasses import dataclass

from client import ExchangeClient
from pipelines.pictures.picture import JOINT
from yrd.coordination.v1.dialogue_pb2 import ObjectionStep
from yrd.exchange.v1.message_pb2 import Message, Mode
from yrd.exchange.v1.service_pb2 import Filter, GetStatusResponse
from yrd.situation.v1.situation_pb2 import AidProposal, SituationSummary

OBJECTION = "yrd.coordination.v1.Objection"
SITUATION = ("yrd.situation.v1.SituationSummary", "yrd.situation.v1.AidProposal")


@dataclass(frozen=True, slots=True)
class Picture:
    """Newest summary of a mode, and the newest proposal for each beneficiary unless withdrawn."""

    summary: SituationSummary
    proposals: tuple[AidProposal, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """State and messages of every participant's gateway."""

    status: dict[str, GetStatusResponse]
    messages: dict[str, list[Message]]

    def size(self, holder: str, origin: str) -> int:
        """Entries of a participant's log at a gateway."""
        return next(
            (log.size for log in self.status[holder].logs if log.log_origin == f"yrd/{origin}"), 0
        )


def observe(clients: dict[str, ExchangeClient]) -> Observed:
    """Everything, once the drill has settled."""
    return Observed(
        {name: client.status() for name, client in clients.items()},
        {name: list(client.messages()) for name, client in clients.items()},
    )


def objected(observed: Observed) -> list[Message]:
    """What the duty room itself said of objections, oldest first."""
    mine = (m for m in observed.messages["joint"] if m.HasField("objection"))
    return [m for m in mine if m.stamp.origin == "joint"]


def held(sizes: dict[str, int], status: dict[str, GetStatusResponse]) -> bool:
    """Whether every gateway holds that many entries of each participant's log."""
    return all(
        link.held_size >= sizes[link.participant]
        for found in status.values()
        for link in found.links
    )


def own_sizes(status: dict[str, GetStatusResponse]) -> dict[str, int]:
    """Entries in each participant's own log."""
    return {name: found.logs[0].size for name, found in status.items()}


def settled(status: dict[str, GetStatusResponse]) -> bool:
    """Everyone holds everyone's log whole and has receipts from everyone."""
    sizes = own_sizes(status)
    for name, found in status.items():
        for link in found.links:
            if link.held_size != sizes[link.participant] or link.cosigned_size != sizes[name]:
                return False
    return True


def summaries(joint: ExchangeClient) -> list[Message]:
    """All summaries published, oldest first."""
    return list(joint.messages(Filter(types=[SITUATION[0]], origins=["joint"])))


def objections(joint: ExchangeClient, mode: Mode) -> set[str]:
    """Messages to which the duty room objects, and has not taken that back."""
    said = joint.messages(Filter(types=[OBJECTION], origins=["joint"]))
    newest = {m.header.entity_id: m.objection for m in said if m.header.mode == mode}
    raised = ObjectionStep.OBJECTION_STEP_RAISED
    return {said.message_id for said in newest.values() if said.step == raised}


def last_picture(messages: list[Message], mode: Mode) -> Picture | None:
    """The newest picture of a mode among messages of situation types."""
    mine = [m for m in messages if m.header.mode == mode]
    found = [m.situation_summary for m in mine if m.situation_summary.scope == JOINT]
    if not found:
        return None
    summary = found[-1]
    newest: dict[str, AidProposal] = {}
    for message in mine:
        if message.HasField("aid_proposal"):
            newest[message.aid_proposal.beneficiary] = message.aid_proposal
    standing = [proposal for _, proposal in sorted(newest.items()) if not proposal.withdrawn]
    return Picture(summary, tuple(standing))
