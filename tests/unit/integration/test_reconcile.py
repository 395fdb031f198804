"""Every kind of difference between two accounts is named, and what is in flight is none."""

import base64
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gateway.audit.account import FORMAT, rendered
from gateway.log.checkpoint import Checkpoint
from gateway.log.merkle import Frontier
from integration.accounts.account import AccountError, read
from integration.accounts.reconcile import KINDS, Direction, as_json, lines, reconcile

A, B = "310000", "320000"
LOG = f"yrd/{A}"
SIZE = 10
Line = dict[str, Any]


def digest(index: int) -> bytes:
    return sha256(b"%d" % index).digest()


def note(size: int, digests: Sequence[bytes] = ()) -> str:
    """A checkpoint that nobody signed; keys are not asked for here."""
    hashes = list(digests) or [digest(index) for index in range(size)]
    text = Checkpoint(LOG, size, Frontier().extend(hashes[:size])[0].root()).text()
    return f"{text}\n\u2014 {LOG} {base64.b64encode(bytes(68)).decode()}\n"


def run(start: int, stop: int, form: str = "whole", **more: Any) -> Line:
    hashes = [base64.b64encode(digest(index)).decode() for index in range(start, stop)]
    return {"log": LOG, "start": start, "form": form, "hashes": hashes} | more


def header(own: str, peer: str, size: int, receipt: int = 0) -> Line:
    return {
        "account": FORMAT,
        "participant": own,
        "with": peer,
        "time": "2026-06-01T00:00:00+00:00",
        "logs": {
            LOG: {"size": size, "checkpoint": note(size) if size else ""},
            f"yrd/{B}": {"size": 0, "checkpoint": ""},
        },
        "receipt": note(receipt) if receipt else "",
    }


def sender(*runs: Line, size: int = SIZE, receipt: int = SIZE) -> list[Line]:
    entries = runs or (run(0, size),)
    return [header(A, B, size, receipt), *entries, {"end": {LOG: size, f"yrd/{B}": 0}}]


def holder(*runs: Line, size: int = SIZE) -> list[Line]:
    entries = runs or (run(0, size),)
    return [header(B, A, size), *entries, {"end": {LOG: size, f"yrd/{B}": 0}}]


class Compared:
    """Writes accounts into files, as they travel, and compares them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, ours: list[Line], theirs: list[Line]) -> Direction:
        (self.folder / "a").write_text("".join(map(rendered, ours)))
        (self.folder / "b").write_text("".join(map(rendered, theirs)))
        first, second = read(self.folder / "a"), read(self.folder / "b")
        found, back = reconcile(first, second, [])
        assert [d.log for d in reversed(reconcile(second, first, []))] == [found.log, back.log]
        assert back.differences == []
        said = "\n".join(lines([found, back]))
        for one in found.differences:
            assert KINDS[one.kind][0] in said
            assert KINDS[one.kind][1] in said
        assert as_json([found, back])["ok"] is not bool(found.differences)
        return found


@pytest.fixture
def compared(tmp_path: Path) -> Compared:
    return Compared(tmp_path)


def told(direction: Direction) -> list[tuple[str, int, int, str]]:
    return [(d.kind, d.start, d.stop, d.detail) for d in direction.differences]


def test_equal_accounts_agree(compared: Compared) -> None:
    assert told(compared(sender(), holder())) == []


def test_what_has_no_receipt_yet_is_in_flight(compared: Compared) -> None:
    found = compared(sender(receipt=6), holder(size=6))
    assert (told(found), found.in_flight) == ([], 4)


def test_a_receipt_that_is_on_its_way_is_no_difference(compared: Compared) -> None:
    found = compared(sender(receipt=3), holder())
    assert (told(found), found.in_flight) == ([], 0)


def test_an_entry_of_which_there_is_a_receipt_is_missing(compared: Compared) -> None:
    found = compared(sender(receipt=8), holder(size=6))
    assert told(found) == [("receipt", 0, 0, "8 > 6"), ("missing", 6, 8, "")]
    assert found.in_flight == 2


def test_a_holder_that_has_more_is_told_of_a_rollback(compared: Compared) -> None:
    found = compared(sender(size=6, receipt=6), holder())
    assert ("beyond", 6, 10, "") in told(found)


def test_gaps_are_named_on_either_side(compared: Compared) -> None:
    gap = [run(0, 4), run(5, SIZE)]
    assert told(compared(sender(), holder(*gap))) == [("missing", 4, 5, "")]
    assert told(compared(sender(*gap), holder())) == [("lost", 4, 5, "")]


def test_another_entry_is_named_and_its_tree_too(compared: Compared) -> None:
    other = run(4, 5)
    other["hashes"] = [base64.b64encode(digest(99)).decode()]
    found = told(compared(sender(), holder(run(0, 4), other, run(5, SIZE))))
    assert ("hash", 4, 5, "") in found
    assert ("root", 0, 0, f"{SIZE} 条 entries") in found
    assert any(kind == "checkpoint" and detail.startswith(f"{B}: ") for kind, _, _, detail in found)


FORMS: dict[str, tuple[Line, Line, list[tuple[str, str]]]] = {
    "alike": ({"absent": ["p.x"], "form": "redacted"}, {"absent": ["p.x"], "form": "redacted"}, []),
    "withheld alike": ({"form": "withheld"}, {"form": "withheld"}, []),
    "given, and only its hash is held": (
        {"form": "whole", "clauses": ["a/b"]},
        {"form": "withheld"},
        [("given_withheld", "a/b")],
    ),
    "withheld, and held": ({"form": "withheld"}, {"form": "whole"}, [("withheld_held", "")]),
    "whole, and redacted": (
        {"form": "whole"},
        {"form": "redacted", "absent": ["p.x"]},
        [("groups_missing", "p.x")],
    ),
    "redacted, and whole": (
        {"form": "redacted", "absent": ["p.x", "p.y"]},
        {"form": "redacted", "absent": ["p.y"]},
        [("groups_held", "p.x")],
    ),
    "erased, and still held": (
        {"form": "redacted", "absent": ["p.x"], "erased": ["p.x"]},
        {"form": "whole"},
        [("not_erased", "p.x")],
    ),
    "erased by both": (
        {"form": "redacted", "absent": ["p.x"], "erased": ["p.x"]},
        {"form": "redacted", "absent": ["p.x"], "erased": ["p.x"]},
        [],
    ),
    "erased by the holder alone": (
        {"form": "whole"},
        {"form": "redacted", "absent": ["p.x"], "erased": ["p.x"]},
        [("erased_alone", "p.x")],
    ),
    "erased at the end of the term of a clause that gave it": (
        {"form": "whole", "clauses": ["a/b"]},
        {"form": "redacted", "absent": ["p.x"], "erased": ["p.x"], "term_over": {"p.x": "a/b"}},
        [],
    ),
    "erased by a clause that did not give it": (
        {"form": "whole", "clauses": ["a/b"]},
        {"form": "redacted", "absent": ["p.x"], "erased": ["p.x"], "term_over": {"p.x": "a/c"}},
        [("erased_alone", "p.x")],
    ),
    "a term that is over and no erasure": (
        {"form": "whole", "clauses": ["a/b"]},
        {"form": "redacted", "absent": ["p.x"], "term_over": {"p.x": "a/b"}},
        [("groups_missing", "p.x")],
    ),
    "quarantined": (
        {"form": "whole", "clauses": ["a/b"]},
        {"form": "quarantined"},
        [("quarantined", "a/b")],
    ),
    "withdrawn before it was sent": (
        {"form": "whole", "now": {"form": "withheld", "absent": []}},
        {"form": "withheld"},
        [],
    ),
    "withdrawn after it was sent": (
        {"form": "whole", "now": {"form": "withheld", "absent": []}},
        {"form": "whole"},
        [],
    ),
    "neither as then nor as now": (
        {"form": "whole", "now": {"form": "withheld", "absent": []}},
        {"form": "redacted", "absent": ["p.x"]},
        [("groups_missing", "p.x")],
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(compared: Compared, name: str) -> None:
    sent, came, expected = FORMS[name]
    found = compared(
        sender(run(0, 4), run(4, 6, **sent), run(6, SIZE)),
        holder(run(0, 4), run(4, 6, **came), run(6, SIZE)),
    )
    assert told(found) == [(kind, 4, 6, detail) for kind, detail in expected]
    assert found.over == (2 if name.startswith("erased at the end of") else 0)
    assert found.withdrawn == (2 if name == "withdrawn before it was sent" else 0)


@pytest.mark.parametrize("receipt", [note(SIZE, [digest(n + 1) for n in range(SIZE)]), "x"])
def test_a_receipt_for_another_tree_is_named(compared: Compared, receipt: str) -> None:
    ours = sender(receipt=0)
    ours[0]["receipt"] = receipt
    assert [d.kind for d in compared(ours, holder()).differences] == ["receipt_bad"]


def test_a_receipt_beyond_the_senders_own_log_is_named(compared: Compared) -> None:
    found = compared(sender(size=6, receipt=8), holder())
    assert ("receipt_bad", 0, 0, "is for 8 entries, and the sender has 6") in told(found)


def changed(change: Callable[[list[Line]], object]) -> list[Line]:
    account = sender()
    change(account)
    return account


SPOILT: dict[str, Callable[[list[Line]], object]] = {
    "no end": lambda a: a.pop(),
    "cut": lambda a: a.pop(1) and a[-1]["end"].update({LOG: 9}),
    "other format": lambda a: a[0].update(account="yrd-account/2"),
    "twice": lambda a: a.insert(1, run(0, 3)),
    "more than it says": lambda a: a.insert(2, run(SIZE, SIZE + 1)),
    "strange log": lambda a: a[1].update(log="yrd/340000"),
    "strange key": lambda a: a[1].update(note="x"),
    "short hash": lambda a: a[1].update(hashes=["AAAA"]),
    "behind the end": lambda a: a.append(run(SIZE, SIZE + 1)),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_file_that_is_no_account_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "account"
    path.write_text("".join(map(rendered, changed(SPOILT[name]))))
    with pytest.raises(AccountError, match=str(path)):
        read(path)


def test_a_file_that_is_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "account"
    path.write_text("[" * 100_000)
    with pytest.raises(AccountError, match="line 1: maximum recursion depth"):
        read(path)


def test_accounts_of_different_exchanges_are_not_compared(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("".join(map(rendered, sender())))
    one = read(tmp_path / "a")
    with pytest.raises(AccountError, match="two accounts of one exchange"):
        reconcile(one, one, [])
