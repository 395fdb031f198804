"""A network that falls silent or refuses: the rest goes on, and what was missed is made up for."""

import pytest

from integration.stack import Stack
from tests.support.accounting import assert_accounted_for
from tests.support.proxy import between
from tests.support.traffic import PROVINCES, Traffic, traffic
from tests.support.waiting import until

MESSAGES, SEED = 300, 20200613
EVERYONE = (*PROVINCES, "joint")
CUT_OFF = "320000"


@pytest.mark.parametrize(
    ("silent", "others"),
    [
        (True, ["310000"]),
        (False, ["310000"]),
        (True, [name for name in EVERYONE if name != CUT_OFF]),
        (False, [name for name in EVERYONE if name != CUT_OFF]),
    ],
    ids=["silent to one", "closed to one", "silent to all", "closed to all"],
)
def test_cut_off_and_back(stack: Stack, silent: bool, others: list[str]) -> None:
    with between(stack, CUT_OFF, others) as proxies:
        stack.start(EVERYONE)
        with traffic(stack, MESSAGES, SEED) as load:
            load.allow(0.5)
            load.wait_for_first(0.2, [CUT_OFF])
            for proxy in proxies:
                proxy.fall_silent() if silent else proxy.refuse()
            _all_notice(stack, others)
            _all_go_on(stack, load, others)
            for proxy in proxies:
                proxy.pass_on()
            # nobody died: each message reaches each reader once, however the network behaved
            load.finish(undisturbed=list(load.readers))
        assert_accounted_for(stack, load.account)


def _all_notice(stack: Stack, others: list[str]) -> None:
    """Operators see which links are down, and why."""
    for near, far in [(CUT_OFF, other) for other in others] + [(o, CUT_OFF) for o in others]:
        client = stack.members[near].client()

        def down(client=client, far=far) -> str:  # type: ignore[no-untyped-def]
            link = next(link for link in client.status().links if link.participant == far)
            return "" if link.connected else link.problem

        until(down, f"{near} says that its link to {far} is down")


def _all_go_on(stack: Stack, load: Traffic, others: list[str]) -> None:
    """Everyone still publishes, the one that is cut off included, and nothing passes the cut."""
    load.wait_for(0.5, PROVINCES)
    held = _held(stack, others[0], CUT_OFF)
    load.allow(0.75)
    load.wait_for(0.75, PROVINCES)
    assert _held(stack, others[0], CUT_OFF) == held
    assert held < load.account.count(CUT_OFF)


def _held(stack: Stack, holder: str, origin: str) -> int:
    logs = stack.members[holder].client().status().logs
    return next((log.size for log in logs if log.log_origin == f"yrd/{origin}"), 0)
