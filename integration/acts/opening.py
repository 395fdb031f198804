"""Puts the acts of a page together from its configuration."""

import asyncio
import time
from dataclasses import dataclass
from datetime import date, datetime

from starlette.routing import Route

from client import ExchangeClient
from gateway.settings_file import ConfigError
from integration.acts.config import People
from integration.acts.engine import Engine
from integration.acts.identity import Identities
from integration.acts.journal import Journal, JournalError
from integration.acts.keeping import Keeping
from integration.acts.kinds import ACTS
from integration.acts.known import Ledger, Now
from integration.acts.offers import Offers
from integration.acts.people import Roll
from integration.acts.routes import Acting
from integration.acts.sessions import Sessions
from integration.acts.two_persons import Rules
from integration.page.room import Room
from schemas.instants import BEIJING

LOOK_SECONDS = 15.0
"""How often what waits is looked at: it lapses by itself."""
EXTRA = "pip install 'yangtze-delta-exchange[oidc]'"


@dataclass(frozen=True, slots=True)
class Opened:
    """The acts of a page that runs."""

    acting: Acting
    identities: Identities
    journal: Journal
    signs_in: bool
    """People sign in at an issuer: then nobody reads unknown."""

    async def run(self) -> None:
        """Tells what waits, until it is cancelled."""
        while True:
            await self.acting.tell()
            await asyncio.sleep(LOOK_SECONDS)

    def close(self) -> None:
        """Ends."""
        self.journal.close()


def opened(people: People, client: ExchangeClient, owner: str, room: Room) -> Opened:
    """Raises ConfigError."""
    unknown = sorted(set(people.two_persons) - {act.name for act in ACTS})
    if unknown:
        known = ", ".join(act.name for act in ACTS)
        raise ConfigError(f"people.two_persons: there is no act {unknown[0]!r}: one of {known}")
    roll = Roll(people.file)
    sessions = Sessions(people.shift_hours * 3600, people.idle_minutes * 60, time.time)
    identities = Identities(roll, sessions)
    rules = Rules(owner, people.two_persons, people.agreements_dir, _today)
    try:
        journal = Journal(people.journal)
    except JournalError as error:
        raise ConfigError(str(error)) from None
    room.ledger = ledger = Ledger()
    offers = Offers(ACTS, lambda: Now(owner, room.now_ms(), room.desk, ledger))
    keeping = Keeping(journal, client, room.now_ms, round(people.wait_minutes * 60_000))
    sign_in = _sign_in(people, identities)
    acting = Acting(Engine(offers, keeping, rules), identities, sign_in, room.put_waiting)
    return Opened(acting, identities, journal, bool(sign_in))


def _sign_in(people: People, identities: Identities) -> list[Route]:
    if people.oidc is None:
        return []
    try:
        from integration.acts.oidc import Issuer  # noqa: PLC0415  # not everyone has its libraries
        from integration.acts.sign_in import SignIn  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ConfigError(f"people.oidc: needs {error.name}: {EXTRA}") from None
    try:
        return SignIn(Issuer(people.oidc), identities).routes()
    except OSError as error:
        raise ConfigError(
            f"people.oidc: {error.filename}: {error.strerror}; check the path"
        ) from None


def _today() -> date:
    return datetime.now(BEIJING).date()
