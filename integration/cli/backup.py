"""yrd backup: makes, verifies and puts back backups of a gateway."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.ending import BAD_INPUT, OK, REFUSED, fail

if TYPE_CHECKING:
    from gateway.config import GatewayConfig

app = typer.Typer(
    help="Back up a gateway while it runs; verify and restore.", invoke_without_command=True
)
CONFIG = typer.Option(help="The gateway's YAML file; the gateway may run.")
Config = Annotated[Path, CONFIG]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
Backup = Annotated[Path, typer.Argument(help="What `yrd backup` made: a folder or a tar file.")]


@app.callback()
def backup(
    context: typer.Context,
    config: Annotated[Path | None, CONFIG] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to make, or a file if it ends in .tar.")
    ] = None,
    name: Annotated[
        str, typer.Option(help="Which line of the retention policy's `backups` speaks of it.")
    ] = "",
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="Private keys, too: keep it as safe as them.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Back up a gateway while it runs: the store as of one instant, settings and agreements, a manifest.

    Private keys are left out unless asked for. It has personal data: keep it safe, and name it in the
    retention policy. Nothing is overwritten.
    """
    if context.invoked_subcommand is not None:
        return
    if config is None or out is None:
        fail("say what to back up and where to: --config FILE --out FOLDER_OR_FILE.tar", BAD_INPUT)
    from datetime import UTC, datetime

    from gateway.backup.making import back_up
    from integration.backups import made_lines, named
    from integration.cli.progress import entry_progress

    with _ending():
        settings = _load(config)
        chosen, unnamed = named(settings, name)
        with entry_progress(enabled=not as_json) as progress:
            made = back_up(
                settings, config, out, chosen, datetime.now(UTC), progress, with_keys=with_keys
            )
    if as_json:
        print(made.model_dump_json(indent=1))
        return
    for line in made_lines(made, out, settings, unnamed):
        print(line)


@app.command()
def verify(
    path: Backup,
    config: Annotated[Path | None, typer.Option(help="The gateway's YAML file.")] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            help="Folder of public keys (*.vkey), on a machine without the configuration."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Recheck a backup: digests of its files, then the audit of the whole store in it.

    Exit status 1 if anything is wrong. A tar file is unpacked into a temporary folder (TMPDIR).
    """
    import json
    from dataclasses import asdict

    from gateway.backup.verifying import verify as check
    from gateway.backup.verifying import verify_by
    from integration.backups import verified_lines
    from integration.cli.progress import entry_progress
    from integration.evidence.folder import FolderError
    from integration.evidence.verify import trusted_keys

    with _ending(), entry_progress(enabled=not as_json) as progress:
        if config is not None and keys is None:
            found = check(path, _load(config), progress)
        elif keys is not None and config is None:
            try:
                found = verify_by(path, trusted_keys((), keys), progress)
            except FolderError as error:
                fail(str(error), BAD_INPUT)
        else:
            fail("say by which keys: --config FILE, or --keys FOLDER of *.vkey", BAD_INPUT)
    if as_json:
        told = asdict(found) | {"manifest": found.manifest.model_dump(mode="json")}
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for line in verified_lines(found):
            print(line)
    raise SystemExit(OK if found.ok else REFUSED)


@app.command()
def restore(path: Backup, config: Config, as_json: Json = False) -> None:
    """Put the store of a backup in place; the gateway is stopped. Nothing is ever overwritten.

    The gateway then accepts nothing before all its peers have said how far they hold its log, so an older
    copy begins no fork: `yrd gateway recover` brings back what is missing.
    """
    from gateway.backup.restoring import restore as put
    from integration.backups import restored_lines

    with _ending():
        settings = _load(config)
        made = put(path, settings)
    if as_json:
        print(made.model_dump_json(indent=1))
        return
    for line in restored_lines(made, config):
        print(line)


@app.command("list")
def list_made(config: Config, as_json: Json = False) -> None:
    """List the backups that were made, and whether they still are where they were written to."""
    import json

    from gateway.backup import book

    with _ending():
        found = book.read(_load(config).data_dir)
    if as_json:
        rows = [made.model_dump(mode="json") | {"there": made.there} for made in found]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for made in found:
        print(f"{made} · {made.size} 条 entries{' · 含私钥 with private keys' * made.keys}")
    print(f"{len(found)} 份备份 backups")


def _load(config: Path) -> "GatewayConfig":
    from gateway.config import load

    return load(config)


@contextmanager
def _ending() -> Iterator[None]:
    import sqlite3

    from gateway.backup.manifest import BackupError
    from gateway.config import ConfigError
    from gateway.store.port import StoreError

    try:
        yield
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    except (BackupError, StoreError) as error:
        fail(str(error), REFUSED)
    except sqlite3.Error as error:
        fail(f"store: {error}; run `yrd audit verify`", REFUSED)
    except OSError as error:
        fail(
            f"{error.filename or 'backup'}: {error.strerror}; check the path, its rights and its room",
            REFUSED,
        )
