"""Why something is not done: each with its HTTP status, in both languages, with what to do.

Refused
├── NoSession     401  nobody is signed in, or no longer
├── Forged        403  the request did not come from this page
├── NoRole        403  the person may not do that
├── Cannot        409  the act is not possible on that thing now
├── Stale         409  what the person looked at has changed
├── KeyReused     409  the key was used for something else
├── WrongFields   422  what was filled in can't be sent
├── Malformed     400  the request itself is wrong
├── TooLarge      413  so is its size
├── Nothing       404  there is no such act, or nothing that waits under that key
└── NotNow        503  the page can't decide or keep it now
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from integration.acts.seam import NOTHING_SAID, Form, Said


class Refused(Exception):
    """A refusal. `problem` is its machine-readable reason."""

    status: ClassVar[int] = 500
    problem: ClassVar[str] = "defect"

    def __init__(self, text: Said, remedy: Said = NOTHING_SAID) -> None:
        super().__init__(f"{text.en}; {remedy.en}" if remedy.en else text.en)
        self.text, self.remedy = text, remedy


class NoSession(Refused):
    """Nobody is signed in, or no longer."""

    status, problem = 401, "session"


class Forged(Refused):
    """The request did not come from this page."""

    status, problem = 403, "forged"


class NoRole(Refused):
    """The person may not do that."""

    status, problem = 403, "role"


class Cannot(Refused):
    """The act is not possible on that thing now."""

    status, problem = 409, "cannot"


class Stale(Refused):
    """What the person looked at has changed. `form` is how it stands now, `changed` what is different."""

    status, problem = 409, "stale"

    def __init__(self, form: Form, changed: Sequence[Mapping[str, Any]], key: str) -> None:
        super().__init__(
            Said(
                "所依据的情况已有变化，尚未发出", "what this rests on has changed; nothing was sent"
            ),
            Said("请看清变化，核对后再发", "look at what changed, then send it again"),
        )
        self.form, self.changed, self.key = form, changed, key


class KeyReused(Refused):
    """The key was used for something else."""

    status, problem = 409, "key"


class WrongFields(Refused):
    """What was filled in can't be sent. `fields`: what to do, by name."""

    status, problem = 422, "fields"

    def __init__(self, fields: Mapping[str, Said]) -> None:
        super().__init__(
            Said("有内容需要修改，尚未发出", "something has to be corrected; nothing was sent"),
            Said(
                "；".join(said.zh for said in fields.values()),
                "; ".join(said.en for said in fields.values()),
            ),
        )
        self.fields = fields


class Malformed(Refused):
    """The request itself is wrong."""

    status, problem = 400, "malformed"


class TooLarge(Refused):
    """The request is too large."""

    status, problem = 413, "size"


class Nothing(Refused):
    """There is no such act, or nothing that waits under that key."""

    status, problem = 404, "nothing"


class NotNow(Refused):
    """The page can't decide or keep it now."""

    status, problem = 503, "not_now"
