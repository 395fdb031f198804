"""Ledgers whose own term is over: files of the access log, rows of the provision ledger."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from gateway.retention.policy import Ledger
from gateway.store.retained import Provision
from schemas.instants import BEIJING

ACCESS_FOLDER = "access"


def access_files_over(folder: Path, ledger: Ledger, now_us: int) -> Iterator[Path]:
    """Daily files YYYY-MM-DD.jsonl whose term is over; what is not named so is left alone.

    The term begins the day after, since a day in UTC ends in Beijing's next one.
    """
    today = datetime.fromtimestamp(now_us / 1e6, BEIJING).date()
    for path in sorted(folder.glob("*.jsonl")):
        try:
            day = date.fromisoformat(path.stem)
        except ValueError:
            continue
        if ledger.term.last_day(day + timedelta(days=1)) < today:
            yield path


def provisions_over(
    provisions: Iterable[Provision], ledger: Ledger, now_us: int
) -> list[Provision]:
    """Provisions whose term, which runs from their end, is over."""
    return [given for given in provisions if ledger.term.over_us(given.last_us) <= now_us]
