"""Makes the forms of all samples after checking them: `python -m schemas.samples`.

Exit status 1, with nothing written, if a sample is malformed or not what it says of itself.
"""

import sys
from datetime import UTC, datetime

from schemas.samples.checking import require_sound
from schemas.samples.forms import all_forms, write_forms
from schemas.samples.reading import FOLDER, SampleError, invalid_samples, valid_samples


def main() -> int:
    """Exit status."""
    try:
        valid, invalid = valid_samples(), invalid_samples()
        require_sound((*valid, *invalid), datetime.now(UTC))
    except SampleError as error:
        print(error, file=sys.stderr)
        return 1
    written, removed = write_forms(all_forms((*valid, *invalid)), FOLDER)
    print(
        f"{len(valid)} valid and {len(invalid)} invalid samples: {written} forms written, {removed} removed"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
