"""What is given without any agreement: objections to both sides, and what gateways tell each other."""

from datetime import date

import pytest

from gateway.sharing.decide import Decision
from schemas.catalog import body_of
from schemas.disclosure import groups, split
from tests.support.agreed import timeline
from yrd.coordination.v1.dialogue_pb2 import Objection
from yrd.exchange.v1.message_pb2 import Draft, Leaf
from yrd.governance.v1.governance_pb2 import (
    AgreementActivation,
    ErasureConfirmation,
    ErasureNotice,
)

OBJECTION = Objection.DESCRIPTOR.full_name
DAY = date(2026, 6, 1).toordinal()


def decided(said: Draft, peer: str) -> Decision:
    """What a peer sees of an entry of Shanghai, where there is no agreement at all."""
    body = body_of(said)
    assert body is not None
    name, (core, _) = body.DESCRIPTOR.full_name, split(body)
    leaf = Leaf(header=said.header, type=name, core=core).SerializeToString()
    return timeline("310000").decide(1, name, DAY, peer, leaf)


@pytest.mark.parametrize(
    ("peer", "given"), [("320000", True), ("330000", True), ("340000", False), ("joint", False)]
)
def test_an_objection_is_given_whole_to_both_sides(peer: str, given: bool) -> None:
    said = Draft(objection=Objection(author="330000", objector="330000", addressee="320000"))
    decision = decided(said, peer)
    assert decision.shared is given
    assert decision.groups == (groups(OBJECTION) if given else frozenset())
    assert decision.clauses == (("builtin/objection-to-both-sides",) if given else ())


@pytest.mark.parametrize(
    ("said", "peers"),
    [
        (Draft(agreement_activation=AgreementActivation(between=["310000", "joint"])), {"joint"}),
        (Draft(erasure_notice=ErasureNotice()), {"320000", "340000", "joint"}),
        (Draft(erasure_confirmation=ErasureConfirmation()), {"320000", "340000", "joint"}),
    ],
    ids=["activation", "notice", "confirmation"],
)
def test_what_gateways_tell_each_other_needs_no_agreement(said: Draft, peers: set[str]) -> None:
    body = body_of(said)
    assert body is not None
    given = {peer: decided(said, peer) for peer in ("320000", "340000", "joint")}
    assert {peer for peer, decision in given.items() if decision.shared} == peers
    assert all(given[peer].groups == groups(body.DESCRIPTOR.full_name) for peer in peers)
