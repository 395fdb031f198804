"""`python -m schemas.reference [--check]`: writes docs/contract, or says how it differs."""

import argparse
import sys

from schemas.reference.contract import ContractFileError
from schemas.reference.loading import PAGES, book
from schemas.reference.mappings import MappingFileError
from schemas.reference.site import differences, pages, write


def main() -> int:
    """Exit status: 0 written, or nothing differs; 1 something differs; 2 an input can't be used."""
    parser = argparse.ArgumentParser(prog="python -m schemas.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    check = parser.parse_args().check
    try:
        made = pages(book())
    except (ContractFileError, MappingFileError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if check:
        found = list(differences(made, PAGES))
        print("\n".join(found) if found else f"{len(made)} pages are up to date")
        return 1 if found else 0
    write(made, PAGES)
    print(f"wrote {len(made)} pages to {PAGES.relative_to(PAGES.parents[1])}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
