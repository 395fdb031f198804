"""yrd retention: destroying personal data when their term is over, and what was provided to whom."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli import target
from integration.cli.ending import BAD_INPUT, REFUSED, fail, fail_exchange

if TYPE_CHECKING:
    from gateway.config import GatewayConfig

app = typer.Typer(
    help="Destroy personal data when their term is over (留存与销毁), and tell what was provided.",
    no_args_is_help=True,
)
Config = Annotated[Path, typer.Option(help="The gateway's YAML file; the gateway may run.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@app.command()
def check(file: Annotated[Path, typer.Argument(help="The policy, a YAML file.")]) -> None:
    """Read a retention policy and say what is wrong with it, or what it does. Exit status 2 if wrong."""
    from gateway.retention.policy import PolicyError, load
    from integration.retention import policy_lines

    try:
        policy = load(file)
    except PolicyError as error:
        fail(str(error), BAD_INPUT)
    print(f"{file}: good")
    for line in policy_lines(policy):
        print(line)


@app.command()
def run(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be destroyed.")
    ] = False,
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    as_json: Json = False,
) -> None:
    """Destroy what is due by the gateway's policy, and tell the peers.

    The gateway seals a notice for each rule in its log; peers destroy the same and confirm
    (`yrd retention status`). Needs the role "security". A run that is interrupted goes on at the
    gateway; running again destroys nothing twice.
    """
    from client import ExchangeError
    from integration.cli.progress import working
    from integration.retention import run_lines
    from schemas.json_form import to_json

    client = target.client_for(folder, participant, address, certs, system)
    try:
        with working("retention run", enabled=not as_json):
            found = client.run_retention(dry_run)
    except ExchangeError as error:
        fail_exchange(error)
    if as_json:
        print(to_json(found, indent=1))
        return
    for line in run_lines(found, dry_run=dry_run):
        print(line)


@app.command()
def status(config: Config, as_json: Json = False) -> None:
    """Show one's own erasure notices: who has confirmed, with which backups, and who has not.

    Exit status 1 if a peer has not confirmed one.
    """
    import json
    from dataclasses import asdict

    from gateway.config import ConfigError
    from gateway.retention.standing import notices
    from gateway.store.port import StoreError
    from integration.retention import standing_lines

    try:
        found = notices(_load(config))
    except (ConfigError, StoreError) as error:
        fail(str(error), BAD_INPUT)
    if as_json:
        print(json.dumps([asdict(n) for n in found], ensure_ascii=False, indent=1, default=str))
    else:
        for line in standing_lines(found):
            print(line)
    raise SystemExit(REFUSED if any(notice.missing for notice in found) else 0)


@app.command()
def ledger(
    config: Config,
    peer: Annotated[str, typer.Option(help="Only what was provided to this participant.")] = "",
    as_json: Json = False,
) -> None:
    """Show the provision ledger (对外提供记录): which entries each peer received, and when."""
    import json

    from gateway.config import ConfigError
    from gateway.retention.standing import provisions
    from gateway.store.port import StoreError
    from integration.retention import provision_row

    try:
        found = [row for row in provisions(_load(config)) if peer in ("", row.peer)]
    except (ConfigError, StoreError) as error:
        fail(str(error), BAD_INPUT)
    rows = [provision_row(row) for row in found]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        print(
            f"{row['peer']}: {row['start']}..{row['stop']} {row['first']} .. {row['last']}"
            f"{' ' + row['agreements'] if row['agreements'] else ''}"
        )
    print(f"{len(rows)} 条提供记录 / provisions")


@app.command()
def ended(config: Config, as_json: Json = False) -> None:
    """Show what peers gave and was destroyed here since its clause's term was over (保存期限届满).

    A line for each run, clause and version of the agreement.
    """
    import json

    from gateway.config import ConfigError
    from gateway.retention import standing
    from gateway.store.port import StoreError
    from integration.retention import ended_lines, ended_row

    try:
        found = standing.ended(_load(config))
    except (ConfigError, StoreError) as error:
        fail(str(error), BAD_INPUT)
    rows = [ended_row(one) for one in found]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for line in ended_lines(rows):
        print(line)


def _load(config: Path) -> "GatewayConfig":
    from gateway.config import load

    return load(config)
