"""One look: the gateway's state, what of it is to be seen to, and what came lately."""

from datetime import datetime

from client import ExchangeClient, ExchangeError
from integration.glance.feed import Feed, follow
from integration.glance.judging import judge
from integration.glance.showing import Glance


def look(client: ExchangeClient, feed: Feed, now: datetime) -> Glance:
    """Looks; `feed` goes on where the look before ended. Raises ExchangeError.

    What stops readers (a missing role, a store that is silent) does not keep the state from being shown.
    """
    state = client.status()
    findings = judge(state, now)
    try:
        follow(client, feed, state.last_offset)
    except ExchangeError as error:
        denied = error.code == "PERMISSION_DENIED"
        why = "需 needs role subscriber" if denied else f"{error.code}: {error.message}"
        return Glance(state, findings, None, why)
    return Glance(state, findings, feed)
