"""Actions that ask too much, or that disturb the target by its operator's hooks."""

from typing import Any

import grpc

from integration.kit import wire
from integration.kit.actions.action import Action
from integration.kit.bench import World
from integration.kit.model import Unfit, Unmet
from integration.kit.refusals import Refusal, of_call
from integration.kit.target import EXCHANGE
from yrd.exchange.v1.service_pb2 import PublishStreamResponse


def flood(world: World, argument: Any, role: str) -> Refusal:
    """Sends batches of drafts of nothing, all at once on one stream, until the call is refused."""
    request = wire.batch([b""] * int(argument["drafts"]))
    requests = [request] * int(argument["batches"])
    method = f"{EXCHANGE}PublishStream"
    call = world.target.stream(role, method, requests, PublishStreamResponse.FromString)
    try:
        for _ in call:
            pass
    except grpc.RpcError as error:
        refusal = of_call(error)
        if refusal.reason != "QUOTA_EXCEEDED" or refusal.problems:
            raise Unmet("a refusal QUOTA_EXCEEDED with RetryInfo", refusal.told()) from None
        return refusal
    sent = int(argument["drafts"]) * int(argument["batches"])
    raise Unmet(f"a quota to refuse some of {sent:,} messages at once", "all were answered")


def hook(world: World, argument: Any, role: str) -> None:
    """Runs a hook of kit.yaml: a command of the target's operator, which ends when it is done."""
    name = str(argument)
    if name not in world.bench.hooks:
        raise Unfit(f"hooks.{name} in kit.yaml")
    world.bench.hooks[name]()
    world.target.close()
    world.target.require_reachable()


ACTIONS = {
    "flood": Action(flood, frozenset({"batches", "drafts"}), "ExchangeService.PublishStream"),
    "hook": Action(hook, None, "the operator's hook"),
}
