"""What stands beside the protos in this checkout and must agree with them: the samples."""

from datetime import datetime
from pathlib import Path

from schemas.samples.checking import require_sound
from schemas.samples.reading import FOLDER, SampleError, invalid_samples, valid_samples


def faults_beside(now: datetime, folder: Path = FOLDER) -> list[str]:
    """What is wrong with the first sample that is wrong, with file and remedy; [] if none is."""
    try:
        require_sound((*valid_samples(folder=folder), *invalid_samples(folder=folder)), now)
    except SampleError as error:
        return [f"schemas/samples/{error}"]
    return []
