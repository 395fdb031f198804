"""yrd audit: rechecks a store, accounts for an exchange, compares two accounts."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.ending import BAD_INPUT, OK, REFUSED, fail

if TYPE_CHECKING:
    from gateway.audit import AuditReport

app = typer.Typer(help="Recheck a store; compare two participants' accounts.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Recheck a store; compare two participants' accounts."""


@app.command()
def verify(
    config: Annotated[Path, typer.Option(help="The gateway's YAML file; the gateway may run.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Recheck every column of every table of a store, on all cores: hashes, trees, signatures,
    receipts, disclosures, and all that stands beside the entries so that they are found.

    It only reads. Exit status 1 if anything is wrong; a DOUBT is what a clock that was set could
    explain, too. LOST is what `yrd gateway recover` could not bring back, as it noted then: no damage.
    """
    import json
    from dataclasses import asdict

    from gateway.audit import verify_store
    from gateway.config import ConfigError, load
    from integration.cli.progress import entry_progress

    try:
        settings = load(config)
        with entry_progress(enabled=not as_json) as progress:
            report = verify_store(settings, progress)
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    if as_json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=1))
    else:
        for log in report.logs:
            print(f"{log.log}: {log.entries} entries, root {log.root[:16]}, {log.verdict}")
        for problem in report.problems:
            print(f"  WRONG {problem}")
        for doubt in report.doubts:
            print(f"  DOUBT {doubt}")
        for line in lost_lines(report):
            print(f"  LOST {line}")
        count = len(report.problems)
        print(
            "audit: everything holds"
            if report.ok
            else f"audit: {count} problem{'s' * (count != 1)}"
        )
    raise SystemExit(OK if report.ok else REFUSED)


def lost_lines(report: "AuditReport", most: int = 10) -> Iterator[str]:
    """What a recovery could not bring back: how much, and which entries."""
    if not report.lost:
        return
    yield (
        f"恢复时已丢失 noted by a recovery: {report.lost_entries} entries but for their hashes, "
        f"{report.lost_in_part} without some groups"
    )
    for lost in report.lost[:most]:
        last = f"–{lost.stop - 1}" if lost.stop > lost.start + 1 else ""
        yield f"  {lost.start}{last}: {', '.join(lost.groups) or '仅存哈希 all but the hash'}"
    if len(report.lost) > most:
        yield f"  … (--json lists all {len(report.lost)} ranges)"


@app.command()
def account(
    config: Annotated[Path, typer.Option(help="The gateway's YAML file; the gateway may run.")],
    peer: Annotated[str, typer.Option("--with", help="Participant at the other end.")],
    out: Annotated[Path, typer.Option(help="File to write, JSON Lines.")],
) -> None:
    """Write this participant's account of its exchange with a peer, in both directions.

    It has index, hash and form of each entry, and the clauses that gave it; no message, and nothing
    personal. The other participant does the same; `yrd audit reconcile` compares the two.
    """
    import sqlite3
    from datetime import UTC, datetime
    from itertools import chain

    from gateway.audit.account import NoAccount, rendered
    from gateway.audit.account import account as lines
    from gateway.config import ConfigError, load
    from gateway.store.port import StoreError
    from integration.cli.progress import entry_progress

    try:
        settings = load(config)
        with entry_progress(enabled=True) as progress:
            told = lines(settings, peer, datetime.now(UTC), progress)
            first = next(told)  # what can't be accounted for leaves no file behind
            with out.open("w", encoding="utf-8") as file:
                for line in chain([first], told):
                    file.write(rendered(line))
    except (ConfigError, NoAccount) as error:
        fail(str(error), BAD_INPUT)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; check --out", BAD_INPUT)
    except (StoreError, sqlite3.Error) as error:
        fail(f"store: {error}; run `yrd audit verify`", REFUSED)
    print(f"已写入 written to {out}; compare with: yrd audit reconcile {out} THEIRS")


@app.command()
def reconcile(
    ours: Annotated[Path, typer.Argument(help="Account of one participant.")],
    theirs: Annotated[Path, typer.Argument(help="Account of the other.")],
    keys: Annotated[
        Path | None, typer.Option(help="Folder of trusted keys (*.vkey), to check signatures, too.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Compare two participants' accounts of their exchange and name every difference.

    Entries that the other end has given no receipt for yet are in flight, and no difference. Exit
    status 1 if there are differences.
    """
    import json

    from integration.accounts import reconcile as comparing
    from integration.accounts.account import AccountError, read
    from integration.evidence.folder import FolderError
    from integration.evidence.verify import trusted_keys

    try:
        trusted = trusted_keys((), keys)
        found = comparing.reconcile(read(ours), read(theirs), trusted)
    except (AccountError, FolderError) as error:
        fail(str(error), BAD_INPUT)
    if as_json:
        print(json.dumps(comparing.as_json(found), ensure_ascii=False, indent=1))
    else:
        for line in comparing.lines(found):
            print(line)
    raise SystemExit(REFUSED if any(one.differences for one in found) else OK)


@app.command()
def access(
    config: Annotated[Path, typer.Option(help="The gateway's YAML file; the gateway may run.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Recheck the chain of the access log (访问日志) over all days. Exit status 1 if it is broken."""
    import json
    from dataclasses import asdict

    from gateway.access_audit import verify as verify_access
    from gateway.config import ConfigError, load

    try:
        report = verify_access(load(config).data_dir / "access")
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}", BAD_INPUT)
    if as_json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=1))
    elif report.ok:
        print(
            f"访问日志完整 · access log: {report.days} days, {report.lines} lines, the chain holds"
        )
        if report.anchor != "00" * 32:
            print(f"  earlier days were deleted; what is left follows chain value {report.anchor}")
        print(f"  chain value at the end: {report.chain}")
    else:
        print(f"访问日志有误 · access log: WRONG: {report.problem}")
    raise SystemExit(OK if report.ok else REFUSED)
