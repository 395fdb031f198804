"""yrd evidence: a message with everything that proves it offline."""

from pathlib import Path
from typing import Annotated

import typer

from integration.cli import target
from integration.cli.ending import BAD_INPUT, OK, REFUSED, fail, fail_exchange

app = typer.Typer(help="Prove offline what was sent, by whom and when.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Prove offline what was sent, by whom and when."""


@app.command()
def export(
    message_id: Annotated[str, typer.Argument(help="The message's id.")],
    out: Annotated[Path, typer.Option(help="New folder for the evidence.")],
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    origin: Annotated[str, typer.Option(help="Only from this participant's log.")] = "",
) -> None:
    """Write a message's entry, proof, keys and disclosures into a folder.

    The folder's README.txt says how to verify it with and without this tool.
    """
    from client import ExchangeError
    from integration.evidence.folder import FolderError, read, write
    from integration.evidence.verify import verify as examine

    try:
        client = target.client_for(folder, participant, address, certs, system)
        write(client.evidence(message_id, origin), out)
        findings = examine(read(out), [], 0)
    except ExchangeError as error:
        fail_exchange(error)
    except FolderError as error:
        fail(str(error), BAD_INPUT)
    for problem in findings.problems:
        print(f"错误 WRONG {problem.zh}\n      {problem.en}")
    signed = ", ".join(s.key.name for s in findings.signatures if s.good)
    print(f"已导出 exported to {out}；签名 signed by {signed}")
    print(f"验证 verify with: yrd evidence verify {out}")
    raise SystemExit(OK if findings.ok else REFUSED)


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="Folder made by `yrd evidence export`.")],
    key: Annotated[
        list[str] | None,
        typer.Option(help="Trusted verifier key, as text or as a file; may be repeated."),
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(help="Folder of trusted keys: every *.vkey below it.")
    ] = None,
    quorum: Annotated[
        int, typer.Option(min=0, help="How many other participants must have cosigned.")
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Verify a folder of evidence offline, with public keys alone.

    Keys in the folder do not prove whose they are: name those that you had from their owners with
    --key or --keys; then the log's key must be among them, and only their cosignatures count. Exit
    status 1 if anything is wrong.
    """
    import json

    from integration.evidence import report
    from integration.evidence.folder import FolderError, read
    from integration.evidence.verify import trusted_keys, verify_all

    try:
        trusted = trusted_keys(key or (), keys)
        found = read(folder)
    except FolderError as error:
        fail(str(error), BAD_INPUT)
    findings, clauses = verify_all(found, trusted, quorum)
    if as_json:
        print(
            json.dumps(
                report.as_json(findings, found.shared, clauses), ensure_ascii=False, indent=1
            )
        )
    else:
        for line in report.lines(findings, found.shared, clauses, bool(trusted)):
            print(line)
    raise SystemExit(OK if findings.ok else REFUSED)
