"""yrd gateway: one participant's gateway."""

from pathlib import Path
from typing import Annotated

import typer

from integration.cli import target
from integration.cli.ending import BAD_INPUT, REFUSED, fail, fail_exchange

app = typer.Typer(help="One participant's gateway.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """One participant's gateway."""


@app.command()
def serve(
    config: Annotated[Path, typer.Option(help="The gateway's YAML file.")],
    new: Annotated[
        bool, typer.Option("--new", help="Begin a new log; only for the first start ever.")
    ] = False,
    accept_without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PEER",
            help="Accept without the word of this peer on how far our log goes; may be repeated.",
        ),
    ] = None,
) -> None:
    """Run a gateway until SIGTERM or Ctrl-C; it finishes what it has begun.

    Where another gateway has its database, it is that one's standby until it takes over.
    Before it accepts messages it asks its peers how far they hold its log. A store that may be an old
    copy accepts only when all of them have answered.
    """
    from gateway.app import serve as run
    from gateway.config import ConfigError, load
    from gateway.metrics import GatewayMetrics
    from gateway.starting import StartError
    from integration.logs import to_stderr
    from integration.observe.exposing import exposed
    from integration.observe.spans import following

    to_stderr()
    try:
        settings, without = load(config), accept_without or ()
        metrics = GatewayMetrics(settings)
        with (
            exposed(settings.telemetry.metrics, metrics),
            following(settings.telemetry.traces, settings.participant) as traces,
        ):
            status = run(
                settings,
                lambda: load(config),
                new=new,
                without=without,
                watcher=metrics,
                traces=traces,
            )
        raise SystemExit(status)
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    except StartError as error:
        fail(str(error), REFUSED)


@app.command()
def recover(
    config: Annotated[Path, typer.Option(help="The gateway's YAML file; the gateway is stopped.")],
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PEER", help="Do without this peer's word, for good; may be repeated."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="As JSON, with every entry that is lost in part.")
    ] = False,
) -> None:
    """Rebuild the own log from what the peers hold, after a lost disk or an old backup.

    Every answer is verified with our own key before anything is changed. What no peer ever held is
    reported and stays lost. Safe to interrupt and to run again.
    """
    import json
    from dataclasses import asdict

    from gateway.config import ConfigError, load
    from gateway.recovery.recover import recover as run
    from gateway.recovery.report import RecoveryError
    from integration.cli.progress import entry_progress

    try:
        settings = load(config)
        with entry_progress(enabled=not as_json) as progress:
            report = run(settings, without or (), progress)
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    except RecoveryError as error:
        fail(str(error), REFUSED)
    if as_json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=1))
        return
    for peer in report.peers:
        print(f"{peer.participant}: {peer.size} entries, {peer.verdict}")
    print(
        f"本机日志 {report.before} → {report.after} 条 · our log had {report.before}, has {report.after}"
    )
    print(f"  完整恢复 · whole: {report.whole}")
    print(f"  部分字段组丢失 · without some groups: {len(report.incomplete)}")
    print(f"  仅存哈希 · lost but for their hashes: {report.lost_count}{_ranges(report.lost)}")


@app.command()
def move_store(
    config: Annotated[Path, typer.Option(help="The gateway's YAML file; the gateway is stopped.")],
) -> None:
    """Move the store from data_dir into the empty database that `store` names.

    All of it or nothing. The file is kept under another name, so that no gateway goes on with it.
    """
    from gateway.config import ConfigError, load
    from gateway.store.lock import FolderInUse
    from gateway.store.moving import move
    from gateway.store.port import StoreError

    try:
        settings = load(config)
        kept = move(settings.data_dir, settings.participant, settings.store)
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    except (StoreError, FolderInUse, OSError) as error:
        fail(f"store: {error}", REFUSED)
    print(f"已迁入数据库 moved into the database; the old store is kept as {kept}")


def _ranges(lost: list[tuple[int, int]], most: int = 10) -> str:
    shown = [f"{start}" if stop == start + 1 else f"{start}–{stop - 1}" for start, stop in lost]
    more = f", … (--json lists all {len(lost)} ranges)" if len(shown) > most else ""
    return f" ({', '.join(shown[:most])}{more})" if shown else ""


@app.command()
def reload(
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    as_json: Annotated[bool, typer.Option("--json", help="As ProtoJSON.")] = False,
) -> None:
    """Read agreements, retention policy, certificates, revocations and keys anew, without a stop.

    All or nothing: if any file can't be used, everything stays as it is, and the answer says what is
    wrong. Needs the role "security". `kill -HUP` does the same; its answer stands in the log.
    """
    from client import ExchangeError
    from schemas.json_form import to_json

    try:
        changed = target.client_for(folder, participant, address, certs, system).reload()
    except ExchangeError as error:
        fail_exchange(error)
    if as_json:
        print(to_json(changed))
        return
    for line in [*changed.agreements, *changed.changed]:
        print(line)
    if not (changed.agreements or changed.changed):
        print("没有变化 · nothing has changed")
