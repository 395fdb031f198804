"""Faults in what is accepted, and in how it is answered."""

from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from typing import Any

from gateway.errors import GatewayError
from gateway.exchange import checking
from gateway.log import seal_run
from gateway.server import services
from gateway.server.in_order import in_order
from gateway.store.port import Standing
from gateway.store.round import Round
from schemas.catalog import BODY_FIELDS
from tests.contract.kit.faults.fault import Fault, replaced, unchanged, wrapped


def _moved(original: Any, *arguments: Any) -> Any:
    found = original(*arguments)
    return {key: entry._replace(sequence=entry.sequence + 1) for key, entry in found.items()}


def _other_time(original: Any, *arguments: Any) -> Any:
    found = original(*arguments)
    return {k: e._replace(sealed_us=e.sealed_us + 5_000_000) for k, e in found.items()}


def _other_digest(original: Any, *arguments: Any) -> Any:
    found = original(*arguments)
    return {key: entry._replace(digest=b"other") for key, entry in found.items()}


def _standings(change: Callable[[Standing], Standing]) -> Callable[..., Any]:
    def wrap(original: Any, *arguments: Any) -> Any:
        return {key: change(found) for key, found in original(*arguments).items()}

    return wrap


def _over_all_types(original: Any, round_: Any, log: str, entities: Any) -> Any:
    """The newest revision of an entity whatever its type."""
    every = [(name, entity) for _, entity in entities for name in BODY_FIELDS]
    known = original(round_, log, every)
    newest: dict[str, int] = {}
    for (_, entity), found in known.items():
        newest[entity] = max(found.revision, newest.get(entity, 0))
    return {
        k: Standing(newest[k[1]], known.get(k, Standing()).state)
        for k in entities
        if k[1] in newest
    }


def _whole_batch(original: Any, *arguments: Any) -> Any:
    results = original(*arguments)
    for result in results:
        if isinstance(result, GatewayError):
            raise result
    return results


def _rest_of_batch(original: Any, *arguments: Any) -> Any:
    results = original(*arguments)
    bad = [i for i, result in enumerate(results) if isinstance(result, GatewayError)]
    return results[: bad[0]] + [results[bad[0]]] * (len(results) - bad[0]) if bad else results


def _results_reversed(original: Any, outcomes: Any) -> Any:
    return original(list(reversed(outcomes)))


async def _out_of_order(
    requests: AsyncIterator[Any],
    prepare: Callable[[Any], Awaitable[Any]],
    begin: Callable[[Any], Awaitable[Any]],
    *rest: Any,
) -> AsyncIterator[Any]:
    held: list[Any] = []
    async for result in in_order(requests, prepare, begin, *rest):
        held.append(result)
        if len(held) == 2:
            yield held.pop()
            yield held.pop()
    for result in held:
        yield result


async def _at_the_end(
    requests: AsyncIterator[Any],
    prepare: Callable[[Any], Awaitable[Any]],
    begin: Callable[[Any], Awaitable[Any]],
    *rest: Any,
) -> AsyncIterator[Any]:
    for result in [found async for found in in_order(requests, prepare, begin, *rest)]:
        yield result


def _stamped_by(system: str) -> Callable[..., Any]:
    return lambda original, origin, _, *rest: original(origin, system, *rest)


FAULTS = (
    Fault(
        "repeat-gets-another-sequence",
        "A repeat is answered with another sequence",
        wrapped(Round, "accepted", _moved),
        ("repeats",),
    ),
    Fault(
        "repeat-gets-another-time",
        "A repeat is answered with another sealed_time",
        wrapped(Round, "accepted", _other_time),
        ("repeats",),
    ),
    Fault(
        "repeat-refused",
        "A repeat is taken for other content",
        wrapped(Round, "accepted", _other_digest),
        ("repeats",),
    ),
    Fault(
        "other-content-accepted",
        "Other content under a used id is answered as a repeat",
        replaced(checking, "sha256", lambda data: sha256(b"")),
        ("repeats",),
    ),
    Fault(
        "stale-revision-accepted",
        "Older revisions are accepted",
        wrapped(Round, "standings", _standings(lambda s: s._replace(revision=0))),
        ("revisions",),
    ),
    Fault(
        "equal-revision-accepted",
        "Equal revisions are accepted",
        wrapped(Round, "standings", _standings(lambda s: s._replace(revision=s.revision - 1))),
        ("revisions",),
    ),
    Fault(
        "revisions-over-all-types",
        "Revisions are counted over all types of an entity",
        wrapped(Round, "standings", _over_all_types),
        ("revisions",),
    ),
    Fault(
        "too-many-drafts-accepted",
        "1,001 drafts are accepted",
        unchanged,
        ("publish", "streams"),
        {"max_batch": 10_000},
    ),
    Fault(
        "bad-draft-refuses-batch",
        "One bad draft refuses its whole batch",
        wrapped(checking.Checker, "check_all", _whole_batch),
        ("publish",),
    ),
    Fault(
        "bad-draft-ends-batch",
        "What stands behind a bad draft is refused with it",
        wrapped(checking.Checker, "check_all", _rest_of_batch),
        ("publish",),
    ),
    Fault(
        "results-out-of-order",
        "Results of a batch come in another order",
        wrapped(services, "answer", _results_reversed),
        ("publish",),
    ),
    Fault(
        "answers-out-of-order",
        "Answers on a stream come in another order",
        replaced(services, "in_order", _out_of_order),
        ("streams",),
    ),
    Fault(
        "answers-at-the-end",
        "Answers on a stream come when it is half-closed",
        replaced(services, "in_order", _at_the_end),
        ("streams",),
    ),
    Fault(
        "wrong-source-system",
        "The stamp names another system",
        wrapped(seal_run, "stamp", _stamped_by("gateway")),
        ("get",),
    ),
)
