"""yrd contracts check: whether the contract in a checkout still is what was promised."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.contracts import app
from integration.cli.ending import BAD_INPUT, OK, REFUSED, fail

if TYPE_CHECKING:
    from schemas.compat import Contract
    from schemas.releases.checking import Check
    from schemas.releases.reading import Release

Tree = Annotated[
    Path | None, typer.Option("--tree", help="Checkout of the project; this one by default.")
]


@app.command()
def check(
    against: Annotated[
        str, typer.Option(help="Compare with this release only, such as 1.0.0.")
    ] = "",
    notes: Annotated[
        bool, typer.Option("--notes", help="Show also what is compatible but wants care.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="As JSON; notes are always in it.")
    ] = False,
    tree: Tree = None,
) -> None:
    """Compare the contract with every released revision, in both directions, and explain each break.

    Also rechecks that released files are untouched, that generated schemas are up to date, that
    code tables are sound, and (not with --tree) that samples are. Exit status 0 if all is well, 1 if
    something breaks, 2 if the contract can't be compared.
    """
    import json
    from datetime import UTC, datetime

    from integration.cli.contracts import telling
    from schemas.releases.beside import faults_beside
    from schemas.releases.tree import CHECKOUT, drift

    root = tree or CHECKOUT
    contract, released = read(root)
    found = _compared(contract, released, against)
    stale = drift(root, contract)
    faults = [] if tree else faults_beside(datetime.now(UTC))
    if as_json:
        print(json.dumps(telling.as_values(found, stale, faults), ensure_ascii=False, indent=1))
    else:
        print("\n".join(telling.lines(found, stale, faults, notes=notes)))
    raise SystemExit(REFUSED if found.breaks or stale or faults else OK)


def read(root: Path) -> "tuple[Contract, tuple[Release, ...]]":
    """The checkout's contract and its releases; ends the command where one can't be read."""
    from schemas.compat import NotComparableError
    from schemas.releases.freezing import FOLDER
    from schemas.releases.reading import ReleaseError, releases
    from schemas.releases.tree import TablesError, TreeError, read_tree

    try:
        return read_tree(root), releases(root / FOLDER)
    except (TablesError, ReleaseError) as error:
        fail(str(error), REFUSED)
    except (TreeError, NotComparableError) as error:
        fail(str(error), BAD_INPUT)


def _compared(contract: "Contract", released: "tuple[Release, ...]", against: str) -> "Check":
    from schemas.compat import NotComparableError
    from schemas.releases import checking
    from schemas.releases.version import Version, VersionError

    try:
        if against:
            chosen = checking.chosen(released, Version.parse(against))
            return checking.check(contract, [chosen])
        return checking.check(contract, checking.line(released))
    except (VersionError, checking.UnknownVersionError) as error:
        fail(f"--against: {error}", BAD_INPUT)
    except NotComparableError as error:
        fail(str(error), BAD_INPUT)
