"""All that the checks of a drill look at, and what a check says."""

from dataclasses import dataclass

from integration.drill.expectation import ExpectedPicture
from integration.drill.holdings import Activation, Holding
from integration.drill.observe import Observed, Picture, last_picture
from yrd.exchange.v1.message_pb2 import Message, Mode


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `detail` says what was counted, or what is wrong."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that checks look at."""

    acknowledged: frozenset[str]
    published: frozenset[str]
    refusals: tuple[str, ...]
    holdings: dict[str, dict[str, Holding]]
    activations: dict[str, dict[Activation, bool]]
    exercise: ExpectedPicture
    actual: ExpectedPicture
    observed: Observed
    audit_problems: tuple[str, ...]
    audited_entries: int


def check(name: str, problems: list[str], good: str) -> Check:
    """A check, with the first problems if there are any."""
    more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
    return Check(name, not problems, "; ".join(problems[:3]) + more if problems else good)


def picture_of(facts: Facts, mode: Mode) -> Picture | None:
    """The duty room's newest picture of a mode."""
    return last_picture([m for m in facts.observed.messages["joint"] if is_view(m)], mode)


def is_view(message: Message) -> bool:
    """Whether it is the pipeline's view of things."""
    return message.WhichOneof("body") in ("situation_summary", "aid_proposal")
