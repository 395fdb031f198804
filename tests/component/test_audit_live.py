"""An audit reads only, agrees with itself on several cores, and passes a gateway at work."""

import threading
from pathlib import Path

import pytest

from gateway.audit import AuditReport, verify_store, workers
from tests.support.builders import draft
from tests.support.damage import FILE, flip
from tests.support.delta import delta
from tests.support.materials import Materials

US, PEER = "310000", "320000"
AUDITS = 6


def entries(report: AuditReport) -> int:
    return sum(log.entries for log in report.logs)


def test_a_gateway_at_work_passes(materials: Materials, tmp_path: Path) -> None:
    """Entries, receipts and mirrored batches come in while it is audited again and again."""
    stop = threading.Event()
    with delta(materials, tmp_path, (US, PEER)) as made:

        def publish(own: str) -> None:
            client, number = made.client(own), 0
            while not stop.is_set():
                client.publish([draft(entity=f"{own}/{number}/{n}") for n in range(20)])
                number += 1

        threads = [threading.Thread(target=publish, args=(own,)) for own in (US, PEER)]
        for thread in threads:
            thread.start()
        try:
            reports = [verify_store(made.configs[US], lambda *_: None, 1)]
            while len(reports) < AUDITS or entries(reports[-1]) < 40 * AUDITS:
                reports.append(verify_store(made.configs[US], lambda *_: None, 1))
        finally:
            stop.set()
            for thread in threads:
                thread.join()
    assert [problem for report in reports for problem in report.problems] == []
    sizes = list(map(entries, reports))
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 2, "it was at work"


@pytest.fixture(scope="module")
def stopped(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with delta(materials, tmp_path_factory.mktemp("stopped"), (US,)) as made:
        for start in range(0, 9000, 1000):
            made.client(US).publish([draft(entity=f"{US}/{start + n}") for n in range(1000)])
        return made.data(US)


def test_it_writes_nothing(materials: Materials, stopped: Path) -> None:
    """SQLite may leave an empty write-ahead log behind; the store is as it was."""
    before = (stopped / FILE).read_bytes()
    config = materials.config(US, 1, stopped)
    assert verify_store(config, lambda *_: None).ok
    assert (stopped / FILE).read_bytes() == before
    assert [path.stat().st_size for path in stopped.glob(f"{FILE}-wal")] in ([], [0])


def test_processes_find_what_one_finds(
    materials: Materials, stopped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three ranges: damage in the last, which a process of its own may have read."""
    monkeypatch.setattr(workers, "WORTHWHILE", 0)
    (tmp_path / FILE).write_bytes((stopped / FILE).read_bytes())
    config = materials.config(US, 1, tmp_path)
    good = verify_store(config, lambda *_: None, processes=2)
    assert good == verify_store(config, lambda *_: None, processes=1)
    assert good.ok
    flip(tmp_path, "entry", "leaf", "idx = 8999")
    progress: list[tuple[str, int, int]] = []
    report = verify_store(config, lambda *step: progress.append(step), processes=2)
    assert report.problems == [f"yrd/{US}: entry 8999: the leaf does not have its hash"]
    assert report == verify_store(config, lambda *_: None, processes=1)
    total = progress[-1][2]
    assert progress == [(f"yrd/{US}", min(total, at), total) for at in (4096, 8192, 12288)]
