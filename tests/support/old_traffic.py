"""What is told to gateways of an earlier commit whose stores are kept: run in that commit's tree.

`python old_traffic.py FOLDER` leaves PARTICIPANT.db of two stopped gateways there. It uses nothing but
what the tests' support had on 2026-11-25, and fixed_keys.py, which is copied beside it.
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from integration import certs
from tests.support.bodies import waybill_body
from tests.support.builders import draft, resource_body
from tests.support.delta import Delta, delta
from tests.support.erasure import final_report, old_incident
from tests.support.fixed_keys import fix_signing_keys
from tests.support.materials import Materials

US, PEER = "310000", "320000"
DRIVER = "驾驶员甲"


def told(made: Delta) -> None:
    """Entries whole and in part, urgent ones, a cursor, erasures with their notices and confirmations."""
    ours = [draft(entity=f"{US}/{n}") for n in range(300)]
    more = [
        draft(waybill_body(), "waybill", entity=f"{US}/truck"),
        draft(resource_body(), "resourceStatus", entity=f"{US}/pumps"),
        draft(entity=f"{US}/collapse", priority="PRIORITY_LIFE_SAFETY"),
        draft(entity=f"{US}/0", revision=2),
        old_incident(),
        final_report(),
    ]
    accepted(made, US, [*ours, *more])
    accepted(made, PEER, [draft(entity=f"{PEER}/{n}") for n in range(20)])
    level(made)
    made.client(US).run_retention(dry_run=False)
    level(made)
    with made.client(PEER).subscribe(cursor="desk", until_caught_up=True) as read:
        read.acknowledge(max(batch.offset for batch in read))


def accepted(made: Delta, participant: str, drafts: list) -> None:  # type: ignore[type-arg]  # of another tree
    """Publishes, and sees that all of it was taken."""
    for result in made.client(participant).publish(drafts):
        if not result.HasField("accepted"):
            sys.exit(f"refused: {result}")


def level(made: Delta) -> None:
    """Everybody has everything, and its receipts."""
    made.wait_level(US, PEER)
    made.wait_level(PEER, US)


def main(folder: Path) -> None:
    """Makes keys, runs the gateways, keeps their stores."""
    keys = folder / "certs"
    certs.make_all(keys)
    for participant in certs.PARTICIPANTS:
        fix_signing_keys(keys, participant)
    with delta(Materials(keys), folder, (US, PEER)) as made:
        told(made)
    for participant in (US, PEER):
        found = folder / participant / "gateway.db"
        with closing(sqlite3.connect(found)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("VACUUM")
        found.rename(folder / f"{participant}.db")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
