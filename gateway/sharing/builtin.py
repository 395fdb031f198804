"""What is given without any agreement: what gateways must tell each other about the exchange itself."""

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


_ACTIVATION = "yrd.governance.v1.AgreementActivation"

RULES: Mapping[str, tuple[Rule, ...]] = {
    # only parties learn what an agreement says; the others hold the hash
    _ACTIVATION: (Rule("agreement-to-its-parties", groups(_ACTIVATION), _to_parties),),
    # whoever was given something must hear that it is to be destroyed, and was
    "yrd.governance.v1.ErasureNotice": (Rule("erasure-to-all"),),
    "yrd.governance.v1.ErasureConfirmation": (Rule("erasure-to-all"),),
}
"""Full type name → rules. They add to what agreements give."""
