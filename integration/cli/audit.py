"""yrd audit: rechecks a store."""

from pathlib import Path
from typing import Annotated

import typer

from integration.cli.ending import BAD_INPUT, OK, REFUSED, fail

app = typer.Typer(help="Recheck what a gateway has stored.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Recheck what a gateway has stored."""


@app.command()
def verify(
    config: Annotated[Path, typer.Option(help="The gateway's YAML file; the gateway may run.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Recheck every column of every table of a store, on all cores: hashes, trees, signatures,
    receipts, disclosures, and all that stands beside the entries so that they are found.

    It only reads. Exit status 1 if anything is wrong; a DOUBT is what a clock that was set could
    explain, too.
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
        print("audit: everything holds" if report.ok else f"audit: {len(report.problems)} problems")
    raise SystemExit(OK if report.ok else REFUSED)
