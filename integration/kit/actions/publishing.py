"""Actions that send drafts."""

import queue
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import grpc

from integration.kit import wire
from integration.kit.actions.action import Action
from integration.kit.bench import World
from integration.kit.recipes import Made, make, value_of
from integration.kit.refusals import Refusal, of_call
from integration.kit.target import EXCHANGE
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import PublishResponse, PublishResult, PublishStreamResponse


@dataclass(frozen=True, slots=True)
class Published:
    """A batch: the drafts that were sent, and the results."""

    drafts: list[Draft]
    results: list[PublishResult]


@dataclass(frozen=True, slots=True)
class Streamed:
    """Batches on one stream that were answered, and how it was refused, if it was."""

    batches: list[Published]
    refusal: Refusal | None = None


def publish(world: World, argument: Any, role: str) -> Published:
    """Publish with one batch."""
    made = _drafts(world, argument)
    request = wire.batch(one.data for one in made)
    answer = world.target.unary(role, f"{EXCHANGE}Publish", request, PublishResponse)
    return Published([one.draft for one in made], list(answer.results))


def publish_stream(world: World, argument: Any, role: str) -> Streamed:
    """PublishStream. `sending`: all (then half-close, then read), lockstep (each after the answer
    to the one before), or held (half-close only when all answers are there)."""
    wanted = argument["batches"]
    if isinstance(wanted, str):
        wanted = value_of(wanted, world.names)
    batches = [_drafts(world, recipes) for recipes in wanted]
    sending, cancel = argument.get("sending", "all"), argument.get("cancel_after")
    requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    waiting = [wire.batch(one.data for one in made) for made in batches]
    call = world.target.stream(
        role, f"{EXCHANGE}PublishStream", _until_none(requests), PublishStreamResponse.FromString
    )
    for data in waiting[:1] if sending == "lockstep" else waiting:
        requests.put(data)
    if sending == "all":
        requests.put(None)
    answered: list[Published] = []
    try:
        for answer in call:
            made = batches[len(answered)] if len(answered) < len(batches) else []
            answered.append(Published([one.draft for one in made], list(answer.results)))
            if len(answered) == cancel:
                call.cancel()
                break
            if len(answered) == len(batches):
                requests.put(None)
            elif sending == "lockstep":
                requests.put(waiting[len(answered)])
    except grpc.RpcError as error:
        return Streamed(answered, of_call(error))
    finally:
        requests.put(None)
    return Streamed(answered)


def _until_none(requests: "queue.SimpleQueue[bytes | None]") -> Iterator[bytes]:
    while (data := requests.get()) is not None:
        yield data


def _drafts(world: World, recipes: Any) -> list[Made]:
    """Drafts of recipes; an expression gives drafts that were made before."""
    if isinstance(recipes, str) and recipes.startswith("="):
        recipes = value_of(recipes, world.names)
    return [made for recipe in recipes for made in _made(world, recipe)]


def _made(world: World, recipe: Any) -> list[Made]:
    if isinstance(recipe, Draft):
        return [Made(recipe, recipe.SerializeToString())]
    return make(recipe, world.names)


ACTIONS = {
    "publish": Action(publish, None, "ExchangeService.Publish"),
    "publish_stream": Action(
        publish_stream,
        frozenset({"batches", "sending", "cancel_after"}),
        "ExchangeService.PublishStream",
    ),
}
