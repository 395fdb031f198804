"""The action of sample cases."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from integration.kit import wire
from integration.kit.actions.action import Action
from integration.kit.actions.reading import get
from integration.kit.bench import World
from integration.kit.expecting_results import ACCEPTED, require_result
from integration.kit.functions import same_content
from integration.kit.model import Unfit, Unmet
from integration.kit.target import EXCHANGE
from schemas import message_ids
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import PublishResponse, PublishResult

_NOT_A_CLIENTS = {"refused": {"reason": "NOT_PERMITTED"}}


@dataclass(frozen=True, slots=True)
class Sampled:
    """What was sent for a sample, and the results, which were as the sample says."""

    drafts: list[Draft]
    results: list[PublishResult]


def sample(world: World, argument: Any, role: str) -> Sampled:
    """Publishes the last of the drafts behind those that must come before it, all under ids of
    their own, and expects what the sample says of itself. Of a type that gateways seal themselves, a
    good one is refused, since the kit is a client."""
    if argument["participant"] != world.names["participant"]:
        raise Unfit(f"a gateway of {argument['participant']}: the sample is its to publish")
    violates = argument["violates"]
    drafts = [_own(draft, world, {field for field, _ in violates}) for draft in argument["drafts"]]
    request = wire.batch(draft.SerializeToString() for draft in drafts)
    answer = world.target.unary(role, f"{EXCHANGE}Publish", request, PublishResponse)
    good = _NOT_A_CLIENTS if argument["sealed_by_gateways"] else ACCEPTED
    wanted = [good] * (len(drafts) - 1) + [_expected(violates) if violates else good]
    for draft, result, one in zip(drafts, answer.results, wanted, strict=True):
        require_result(result, one, {**world.names, "draft": draft})
    if not violates and good is ACCEPTED:
        found = get(world, {"message_id": drafts[-1].header.message_id}, role)
        if not same_content(found, drafts[-1]):
            raise Unmet("the sample to come back as it was sent", str(found)[:300])
    return Sampled(drafts, list(answer.results))


def _expected(violates: Sequence[tuple[str, str]]) -> Any:
    fields: dict[str, list[str]] = {}
    for field, rule in violates:
        fields.setdefault(field, []).append(rule)
    return {"refused": {"reason": "CONTRACT_VIOLATED", "fields": fields}}


def _own(draft: Draft, world: World, broken: set[str]) -> Draft:
    """With a fresh id and entity, so that it can be sent again and again; what is broken stays."""
    made = Draft()
    made.CopyFrom(draft)
    if not made.HasField("header"):
        return made
    if "header.message_id" not in broken:
        made.header.message_id = message_ids.new(time.time_ns() // 1_000_000)
    if "header.entity_id" not in broken:
        made.header.entity_id = str(world.names["scope"])[:128]
    return made


ACTIONS = {
    "sample": Action(
        sample,
        frozenset({"participant", "drafts", "violates", "sealed_by_gateways"}),
        "ExchangeService.Publish",
    ),
}
