"""What is given without any agreement: what gateways must tell each other about the exchange itself, and
objections, which are for those whom they concern (docs/objections.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.disclosure import groups

PREFIX = "builtin/"


@dataclass(frozen=True, slots=True)
class Rule:
    """Gives one type, with groups, to those peers for whom `gives` holds (None: to every peer).

    `gives` sees the body without disclosure groups, and the peer.
    """

    id: str
    groups: frozenset[str] = frozenset()
    gives: Callable[[Any, str], bool] | None = None


def _to_parties(body: Any, peer: str) -> bool:
    return peer in body.between


def _to_both_sides(body: Any, peer: str) -> bool:
    return peer in (body.objector, body.addressee)


_OBJECTION = "yrd.coordination.v1.Objection"
_ACTIVATION = "yrd.governance.v1.AgreementActivation"

RULES: Mapping[str, tuple[Rule, ...]] = {
    # only parties learn what an agreement says; the others hold the hash
    _ACTIVATION: (Rule("agreement-to-its-parties", groups(_ACTIVATION), _to_parties),),
    # an objection must reach the authority for the datum, and the answer who objected
    _OBJECTION: (Rule("objection-to-both-sides", groups(_OBJECTION), _to_both_sides),),
    # whoever was given something must hear that it is to be destroyed, and was
    "yrd.governance.v1.ErasureNotice": (Rule("erasure-to-all"),),
    "yrd.governance.v1.ErasureConfirmation": (Rule("erasure-to-all"),),
}
"""Full type name → rules. They add to what agreements give."""
