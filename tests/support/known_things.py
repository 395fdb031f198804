"""What a page knows, for acts: messages that it received, and the joint room's picture of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import strategies as st

from integration.acts.seam import Form, Person, Role
from integration.page.desk import Desk, Shown
from pipelines.facts.scope import ACTUAL
from pipelines.facts.state import fold
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.pictures.results import draft, views
from schemas.catalog import type_name
from tests.support.builders import NOW, message
from tests.support.situation import us
from yrd.exchange.v1.message_pb2 import Message

OFFICER = Person("sh-017", frozenset((Role.DUTY_OFFICER,)), "certificate", "ab" * 32)
KEY, OTHER_KEY = "019e0000-0000-7000-8000-000000000001", "019e0000-0000-7000-8000-000000000002"


@dataclass(slots=True)
class Knows:
    """Seam's Known over messages that are given."""

    me: str
    told: list[Message]
    now_ms: int = us(NOW) // 1000
    desk: Desk = field(default_factory=Desk)

    def picture(self, scope: str) -> Shown | None:
        """The newest picture of a scope."""
        found = self.desk.scopes.get(scope)
        return found.shown() if found else None

    def message(self, message_id: str) -> Message | None:
        """A message by its id."""
        return next((m for m in self.told if m.header.message_id == message_id), None)

    def messages(self, *types: str) -> list[Message]:
        """All of some types."""
        return [m for m in self.told if type_name(m) in types]


def knows(me: str, *messages: Message, scope: str = ACTUAL) -> Knows:
    """A participant that received these, and what the joint room makes of them."""
    told = [*messages]
    for number, view in enumerate(views(evaluate(scope, fold(messages), us(NOW), Staleness()))):
        told.append(message("joint", number, draft(view, 1)))
    made = Knows(me, told)
    made.desk.take(told)
    return made


def about(kind: str, name: str, scope: str = "actual") -> str:
    """An address of a thing."""
    return f"{kind}:{scope}:{name}"


def of(message: Message, scope: str = "actual") -> str:
    """The address of a message."""
    return about("message", message.header.message_id, scope)


def filled(form: Form, **changes: str) -> dict[str, str]:
    """A form as it is offered, with changes by name ("_" for "-")."""
    return {f.name: f.value for f in form.fields} | {
        name.replace("_", "-"): value for name, value in changes.items()
    }


def typed(form: Form) -> st.SearchStrategy[Mapping[str, str]]:
    """Anything that people may send under the form's names, within its bounds."""
    return st.fixed_dictionaries({f.name: _values(f.kind, f) for f in form.fields})


def _values(kind: str, offered: object) -> st.SearchStrategy[str]:
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    common = st.sampled_from(["", str(getattr(offered, "value", "")), "值班长"])
    match kind:
        case "choice":
            return st.sampled_from([c.value for c in getattr(offered, "choices", ())]) | text
        case "check":
            return st.sampled_from(["true", ""])
        case "number":
            return (
                common
                | st.decimals(-5, 10**9, places=2).map(str)
                | st.sampled_from(["1", "2.5"])
                | text
            )
        case "instant":
            return common | st.datetimes().map(lambda t: f"{t.isoformat()}Z") | text
    return common | text
