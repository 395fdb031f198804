"""What stands beside the protos in this checkout and must agree with them: code tables and samples."""

from datetime import datetime
from pathlib import Path

from schemas.codes.integrity import check_all
from schemas.codes.reading import FOLDER as TABLES
from schemas.samples.checking import require_sound
from schemas.samples.reading import FOLDER as SAMPLES
from schemas.samples.reading import SampleError, invalid_samples, valid_samples


def faults_beside(now: datetime, tables: Path = TABLES, samples: Path = SAMPLES) -> list[str]:
    """Faults of the code tables, or else the first of the samples, with file and remedy; [] if none."""
    found = [f"schemas/codes/{fault}" for fault in check_all(tables)]
    return found or _of_samples(now, samples)


def _of_samples(now: datetime, folder: Path) -> list[str]:
    try:
        require_sound((*valid_samples(folder=folder), *invalid_samples(folder=folder)), now)
    except SampleError as error:
        return [f"schemas/samples/{error}"]
    return []
