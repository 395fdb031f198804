"""Whatever a peer calls at any gateway, not a byte of what it was not given comes to it.

The calls are all that the contract has: a new one fails here until it is attempted, too.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from client import connect
from gateway.server.roles import NEEDS
from tests.support.attempts import METHODS, Known, attempts, play
from tests.support.delta import Delta
from tests.support.desk import (
    INCIDENT,
    PEER,
    THIRD,
    US,
    boat,
    clause,
    desk,
    incident,
    waybill,
)
from tests.support.materials import Materials
from tests.support.wire import Wire
from yrd.exchange.v1.message_pb2 import Disclosure, Leaf
from yrd.exchange.v1.service_pb2 import GetEvidenceResponse, RestoreResponse

LOGS = [f"yrd/{participant}" for participant in (US, PEER, THIRD)]
CALLERS = [(PEER, US), (PEER, THIRD), (THIRD, US), (THIRD, PEER)]
"""Who calls whom. Jiangsu holds what Zhejiang was not given, too."""
OPEN = {method for method, need in NEEDS.items() if need in ("peer", "anyone")}
RESTORE = "/yrd.exchange.v1.ReplicationService/Restore"


def test_every_call_of_the_contract_is_attempted() -> None:
    assert {method for method in NEEDS if method.startswith("/yrd.")} == METHODS.keys()
    assert attempts(Known()).keys() == NEEDS.keys()


def test_no_call_gives_a_peer_what_it_was_not_given(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, bill = [incident("one"), incident("two", "PRIORITY_LIFE_SAFETY")], waybill("bill")
    drafts = [boat("boat"), *told, bill]
    with desk(materials, tmp_path, monkeypatch, clause("all", INCIDENT, PEER)) as made:
        made.publish(*drafts)
        made.settle(PEER, THIRD)
        for owner, holder in ((PEER, THIRD), (THIRD, PEER)):
            made.made.wait_level(owner, holder, US)
        ids = [draft.header.message_id for draft in drafts]
        for caller, server in CALLERS:
            answers = list(attempt_all(made.made, caller, server, ids))
            require_answered(made.wire, caller, server, answers)
        boats, one, two, bills = (made.made.client(US).evidence(name) for name in ids)
        require_none_came(made.wire, PEER, [parts(one), parts(two), entry(bills)])
        require_none_came(made.wire, THIRD, [entry(one), entry(two), entry(bills)])
        require_came(made.wire, {PEER: [boats, one, two], THIRD: [boats]})
        made.require(PEER, ["T-boat", "T-one", "T-two"], ["R-one", "R-two", "T-bill", "R-bill"])
        made.require(THIRD, ["T-boat"], ["T-one", "R-one", "T-two", "R-two", "T-bill", "R-bill"])


def attempt_all(
    made: Delta, caller: str, server: str, ids: list[str]
) -> Iterator[tuple[str, bytes]]:
    """Makes every call with the caller's own certificate; the answers by method."""
    checkpoints = [made.log(caller, participant).checkpoint for participant in (US, PEER, THIRD)]
    own = made.client(caller).evidence(ids[0])
    known = Known(ids, LOGS, checkpoints, own.leaf, own.proof)
    channel = connect(made.configs[server].listen, *made.materials.system(caller, "gateway"))
    for method, requests in attempts(known).items():
        assert requests, method
        for request in requests:
            yield from ((method, data) for data in play(channel, method, request))
    channel.close()


def require_answered(
    wire: Wire, caller: str, server: str, answers: list[tuple[str, bytes]]
) -> None:
    """What peers may call was answered, nothing else was, and the record has what came to the caller."""
    assert {method for method, _ in answers} == OPEN
    for method, data in answers:
        assert data in set(wire.answers(method, caller, server))
    restored = [RestoreResponse.FromString(data) for method, data in answers if method == RESTORE]
    leaves = [Leaf.FromString(sealed.leaf) for one in restored for sealed in one.entries]
    assert {leaf.stamp.origin for leaf in leaves} == {caller}, "its own log, and no other"


def require_none_came(wire: Wire, peer: str, secrets: list[dict[str, bytes]]) -> None:
    """Nobody has sent a peer any of these, in a request, an answer or a refusal."""
    named = [(name, data) for secret in secrets for name, data in secret.items()]
    assert [name for name, data in named if not data] == []
    came = [sent for sent in wire.sent if sent.receiver == peer != sent.sender]
    leaks = [(s.sender, s.method, name) for s in came for name, data in named if data in s.data]
    assert leaks == []


def require_came(wire: Wire, given: dict[str, list[GetEvidenceResponse]]) -> None:
    """What was given did come: the same look finds it."""
    for peer, found in given.items():
        came = wire.to(peer, US)
        assert all(one.leaf in came for one in found)


def parts(found: GetEvidenceResponse) -> dict[str, bytes]:
    """Disclosures of an entry, and by themselves what is in them."""
    read = [(data, Disclosure.FromString(data)) for data in found.disclosures]
    assert read
    whole = {f"disclosure {part.group}": data for data, part in read}
    salts = {f"salt {part.group}": part.salt for _, part in read}
    return whole | salts | {f"body {part.group}": part.body for _, part in read}


def entry(found: GetEvidenceResponse) -> dict[str, bytes]:
    """All of an entry but its hash, and by itself what is in it."""
    leaf = Leaf.FromString(found.leaf)
    header = leaf.header.SerializeToString()
    return parts(found) | {"leaf": found.leaf, "core": leaf.core, "header": header}
