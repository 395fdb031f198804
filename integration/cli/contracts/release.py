"""yrd contracts release: freezes the contract."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.contracts import app
from integration.cli.contracts.check import Tree, read
from integration.cli.ending import BAD_INPUT, REFUSED, fail

if TYPE_CHECKING:
    from schemas.releases.version import Version


@app.command()
def release(
    version: Annotated[str, typer.Argument(help="X.Y.Z, newer than every release.")],
    day: Annotated[str, typer.Option("--date", help="YYYY-MM-DD; by default today, in UTC.")] = "",
    tree: Tree = None,
) -> None:
    """Freeze the contract as release X.Y.Z in schemas/releases and write its changelog entry.

    Refuses, with nothing written, if `yrd contracts check` finds breaks against the same major
    version, if generated schemas are out of date, or if the version is too small a step: breaks need
    a new major version, new things at least a new minor one.
    """
    from schemas.compat import NotComparableError
    from schemas.releases.changelog import ChangelogError
    from schemas.releases.freezing import RefusedError, plan, write
    from schemas.releases.tree import CHECKOUT, drift

    wanted, when, root = _version(version), _date(day), tree or CHECKOUT
    contract, released = read(root)
    stale = drift(root, contract)
    if stale:
        fail("\n".join(stale), REFUSED)
    try:
        made = plan(contract, released, wanted, when)
        folder = write(root, made)
    except (RefusedError, ChangelogError) as error:
        fail(str(error), REFUSED)
    except NotComparableError as error:
        fail(str(error), BAD_INPUT)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}: nothing was released", BAD_INPUT)
    print(made.entry)
    print(f"released {wanted}: {len(made.files)} files in {folder}, entry in CHANGELOG.md")


def _version(text: str) -> "Version":
    from schemas.releases.version import Version, VersionError

    try:
        return Version.parse(text)
    except VersionError as error:
        fail(str(error), BAD_INPUT)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        fail(f"--date: {text!r} is no date: write it as 2026-11-30", BAD_INPUT)
