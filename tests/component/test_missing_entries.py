"""An origin that withholds what it has promised is found out once somebody shows the entry; one that
withholds rightly is not accused.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from client import ExchangeError
from gateway.audit import verify_store
from gateway.exchange.activating import draft as activation
from gateway.sharing.activation import WITHDRAWN, Step
from tests.support.alarm_proofs import due_by, shown_by
from tests.support.bodies import waybill_body
from tests.support.builders import draft
from tests.support.damage import run_sql
from tests.support.delta import Delta, delta
from tests.support.handmade import SEALED_US, HandmadeLog, agreed, hash_of
from tests.support.materials import AGREED, Materials
from tests.support.rogue import batch, rogue
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft, Leaf, SealedEntry
from yrd.exchange.v1.service_pb2 import ReplicateOpen, ReplicateResponse, ReportMissingResponse

VICTIM, FRIEND, ROGUE = "310000", "330000", "320000"
WAYBILL, INCIDENT, SENT, SIZE = AGREED, AGREED + 1, AGREED + 3, AGREED + 4
"""Where the entries lie: both withheld ones, behind them the withdrawal, and one that was sent."""
FAMILY, CREW = "emergency-information", "hazmat-transport/corridor-crew"


def waybill(name: str) -> Draft:
    return draft(waybill_body(), "waybill", entity=f"{ROGUE}/{name}")


def withdrawal(agreement: str) -> Draft:
    step = Step(WITHDRAWN, agreement, (ROGUE, VICTIM))
    return activation(ROGUE, step, 2, SEALED_US)


def log_of(materials: Materials, name: str) -> HandmadeLog:
    log = HandmadeLog(materials, ROGUE)
    incident = draft(entity=f"{ROGUE}/{name}")
    log.add(*agreed(ROGUE), waybill(name), incident, withdrawal(FAMILY), waybill("sent"))
    return log


@dataclass
class Trap:
    made: Delta
    true: HandmadeLog

    def report(self, leaf: bytes, proof: str) -> ReportMissingResponse:
        return self.made.client(VICTIM).report_missing(leaf, proof)

    def refused(self, leaf: bytes, proof: str) -> str:
        with pytest.raises(ExchangeError) as caught:
            self.report(leaf, proof)
        return str(caught.value)

    def stopped(self) -> bool:
        return self.made.link(VICTIM, ROGUE).problem.startswith("stopped: ")


@contextmanager
def trap(materials: Materials, path: Path) -> Iterator[Trap]:
    """Shanghai holds the hashes alone of a waybill and an incident of Jiangsu."""
    true = log_of(materials, "x")
    shown = HandmadeLog(materials, ROGUE, list(true.entries))
    for index in (WAYBILL, INCIDENT):
        shown.entries[index] = SealedEntry(leaf_hash=hash_of(true.entries[index]))

    def script(opened: ReplicateOpen) -> Iterator[ReplicateResponse]:
        if opened.size < SIZE:
            yield batch(shown.batch(opened.size, SIZE))
        elif opened.size < len(shown.entries):
            yield batch(shown.batch(opened.size, len(shown.entries)))

    with (
        rogue(materials, ROGUE, script) as bad,
        delta(materials, path, (VICTIM, FRIEND), addresses={ROGUE: bad.address}) as made,
    ):
        until(lambda: made.log(VICTIM, ROGUE).size == SIZE, "its log is mirrored")
        assert made.log(VICTIM, ROGUE).counts.withheld == 2
        shown.add(waybill("later"))
        yield Trap(made, true)


def test_what_was_due_is_alarmed_with_proof_and_the_link_closes_until_it_is_settled(
    materials: Materials, tmp_path: Path
) -> None:
    with trap(materials, tmp_path) as caught:
        made, shown = caught.made, caught.true.exported(WAYBILL)
        answer = caught.report(*shown)
        assert (list(answer.clauses), answer.not_due) == ([CREW], "")
        until(caught.stopped, "the link is closed")
        (alarm,) = made.client(VICTIM).alarms()
        assert (alarm.log_origin, alarm.kind) == (f"yrd/{ROGUE}", "missing_entry")
        assert (alarm.number, alarm.detail) == (answer.alarm.number, answer.alarm.detail)
        assert f"entry {WAYBILL} came as a hash alone" in alarm.detail
        assert CREW in alarm.detail
        assert answer.alarm.evidence == b""
        assert shown_by(materials, alarm) == "its own entry"
        assert due_by(materials, alarm, VICTIM).clauses == (CREW,)
        assert caught.report(*shown).alarm.number == alarm.number, "told again, it is the same"
        made.client(FRIEND).publish([draft(entity=f"{FRIEND}/x")])
        made.wait_level(FRIEND, VICTIM)
        made.client(VICTIM).settle(alarm.number, "对方已补发")
        until(lambda: made.log(VICTIM, ROGUE).size == SIZE + 1, "the log is followed again")
        again = caught.report(*shown)
        assert again.alarm.number > alarm.number, "it is still not here"


def test_what_was_rightly_withheld_or_sent_is_no_alarm(
    materials: Materials, tmp_path: Path
) -> None:
    with trap(materials, tmp_path) as caught:
        withdrawn = caught.report(*caught.true.exported(INCIDENT))
        assert f"entry {INCIDENT + 1} withdrew {FAMILY}" in withdrawn.not_due
        assert not withdrawn.HasField("alarm")
        assert "it was sent" in caught.report(*caught.true.exported(SENT)).not_due
        assert not list(caught.made.client(VICTIM).alarms())
        assert caught.made.link(VICTIM, ROGUE).connected


def test_reports_that_show_nothing_say_what_is_wrong_with_them(
    materials: Materials, tmp_path: Path
) -> None:
    with trap(materials, tmp_path) as caught:
        leaf, proof = caught.true.exported(WAYBILL)
        own, later, false = Leaf(), Leaf.FromString(leaf), Leaf.FromString(leaf)
        own.stamp.origin, later.stamp.sequence, false.header.revision = VICTIM, SIZE, 2
        stranger = Leaf.FromString(leaf)
        stranger.stamp.origin = "340000"
        for made, words in (
            (b"\xff", "not a serialised Leaf"),
            (own.SerializeToString(), "our own log"),
            (stranger.SerializeToString(), f"no peer of this gateway; its peers are {ROGUE}"),
            (later.SerializeToString(), f"entry {SIZE} of yrd/{ROGUE} is not here yet"),
            (false.SerializeToString(), "the folder is false"),
        ):
            assert words in caught.refused(made, proof)
        other = log_of(materials, "other")
        other.participant = FRIEND
        leaf = other.entries[WAYBILL].leaf
        signed_by_another = other.exported(WAYBILL)[1]
        assert "the folder is false" in caught.refused(leaf, signed_by_another)
        assert not list(caught.made.client(VICTIM).alarms())


def test_another_entry_that_is_signed_for_the_place_is_a_fork(
    materials: Materials, tmp_path: Path
) -> None:
    with trap(materials, tmp_path) as caught:
        with pytest.raises(ExchangeError, match="different hashes: a fork") as told:
            caught.report(*log_of(materials, "other").exported(WAYBILL))
        assert told.value.reason == "LOG_INCONSISTENT"
        until(caught.stopped, "the link is closed")
        (alarm,) = caught.made.client(VICTIM).alarms()
        assert (alarm.log_origin, alarm.kind) == (f"yrd/{ROGUE}", "fork")
        assert shown_by(materials, alarm) == "its own entry"


def test_activations_of_peers_are_listed_and_audited(materials: Materials, tmp_path: Path) -> None:
    query = "SELECT origin, count(*) FROM activation JOIN log ON log.id = log GROUP BY 1 ORDER BY 1"
    with trap(materials, tmp_path) as caught:
        made = caught.made
        made.wait_level(FRIEND, VICTIM)
        found = dict(run_sql(made.data(VICTIM), query))
        assert found[f"yrd/{ROGUE}"] == AGREED + 1
        assert found[f"yrd/{VICTIM}"] == found[f"yrd/{FRIEND}"] == AGREED
        made.stop(VICTIM)
        audited = partial(verify_store, made.configs[VICTIM], lambda *_: None)
        assert audited().problems == []
        row = "log = (SELECT id FROM log WHERE origin = ?) AND idx = ?"
        run_sql(made.data(VICTIM), f"DELETE FROM activation WHERE {row}", f"yrd/{ROGUE}", 0)
        (problem,) = audited().problems
        assert problem.startswith(f"yrd/{ROGUE}: entry 0: is not listed among the activations")
