"""yrd agreements: check what authors wrote, explain a decision, list what is in force."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from integration.cli import target
from integration.cli.ending import BAD_INPUT, OK, REFUSED, fail, fail_exchange

if TYPE_CHECKING:
    from gateway.sharing.explain import ClauseVerdict, Explanation
    from integration.agreements import Case

app = typer.Typer(help="Sharing agreements: check files, explain decisions, list what is in force.")
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@app.callback()
def group() -> None:
    """Sharing agreements (共享协议)."""


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="Folders, or files, of agreements.")],
    as_json: Json = False,
) -> None:
    """Say what is wrong with agreements, and what was perhaps not meant.

    Errors are what a gateway refuses, and clauses that can never apply. Warnings are agreements that are
    over or about to expire, clauses that add nothing, conditions that hold for no sample message, and
    types that a party gives to nobody. Exit status 1 if there are errors.
    """
    import time
    from dataclasses import asdict

    from gateway.sharing.days import day_of
    from integration.agreements import NotFound, files_of
    from integration.agreements import check as run

    try:
        count, found = run(files_of(paths), day_of(time.time_ns() // 1000))
    except NotFound as error:
        fail(str(error), BAD_INPUT)
    errors = sum(one.severity == "error" for one in found)
    if as_json:
        _print_json([asdict(one) for one in found])
    else:
        for one in sorted(found, key=lambda one: one.severity):
            print(f"{'错误 error' if one.severity == 'error' else '注意 warning'}  {one}")
        print(
            f"{count} 份协议可用 · agreements can be used; {errors} errors, {len(found) - errors} warnings"
        )
    raise SystemExit(REFUSED if errors else OK)


@app.command("list")
def list_agreements(
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    origin: Annotated[
        str, typer.Option("--of", help="Participant whose agreements; default: all that are known.")
    ] = "",
    as_json: Json = False,
) -> None:
    """List the agreements in force, and since which entry of whose log."""
    from client import ExchangeError
    from gateway.config import PARTICIPANTS
    from gateway.sharing.activation import in_force
    from integration.agreements import activations

    try:
        client = target.client_for(folder, participant, address, certs, system)
        found = [
            (name, one)
            for name in ([origin] if origin else PARTICIPANTS)
            for one in in_force(activations(client, name)).values()
        ]
    except ExchangeError as error:
        fail_exchange(error)
    if as_json:
        _print_json([_in_force(name, one) for name, one in found])
        return
    for name, one in found:
        told = _in_force(name, one)
        valid = f"{told['valid_from']} – {told['valid_until']}" if one.agreement else one.problem
        print(
            f"{name}  {one.agreement_id}  {valid}  自第 {one.index} 条起 · since entry {one.index}, "
            f"{told['sealed_time']}  {', '.join(one.between)}"
        )


def _in_force(name: str, one: Any) -> dict[str, Any]:
    from datetime import UTC, datetime

    sealed = datetime.fromtimestamp(one.sealed_us / 1e6, UTC).isoformat(timespec="seconds")
    agreement = one.agreement
    return {
        "participant": name,
        "id": one.agreement_id,
        "title": agreement.title if agreement else "",
        "between": list(one.between),
        "valid_from": str(agreement.valid_from) if agreement else "",
        "valid_until": str(agreement.valid_until) if agreement else "",
        "since_entry": one.index,
        "activation_id": one.message_id,
        "sealed_time": sealed,
        "problem": one.problem,
    }


@app.command()
def explain(
    message: Annotated[str, typer.Argument(help="message_id, or a draft as a JSON file.")],
    to: Annotated[str, typer.Option(help="Participant that may see it, or not.")],
    config: Annotated[
        Path | None, typer.Option(help="The gateway's YAML file: ask its store, not the gateway.")
    ] = None,
    agreements: Annotated[
        Path | None, typer.Option(help="Folder of agreements, for a draft that is not published.")
    ] = None,
    giver: Annotated[
        str, typer.Option("--from", help="Participant that would publish the draft.")
    ] = "310000",
    folder: target.Dir = None,
    participant: target.As = "joint",
    address: target.Address = "",
    certs: target.Certs = None,
    system: target.System = "console",
    everything: Annotated[
        bool, typer.Option("--all", help="Also clauses that miss it by more than one thing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say which clauses give a message to a participant, or why each near miss does not.

    Decided as the gateway does: by the agreements in force at the entry's place in its log, and by those
    in force now. Names the activation entry that decided, and what each condition saw. Exit status 1 if
    the message is withheld.
    """
    from client import ExchangeError
    from gateway.config import PARTICIPANTS, ConfigError
    from gateway.sharing.explain import explain as run
    from gateway.store.port import StoreError
    from integration.agreements import NotFound, from_gateway

    if to not in PARTICIPANTS or giver not in PARTICIPANTS:
        fail(f"--to, --from: one of {', '.join(PARTICIPANTS)}", BAD_INPUT)
    try:
        if agreements is not None:
            case = _of_draft(Path(message), giver, agreements, to)
        elif config is not None:
            case = _from_store(config, message, to)
        else:
            client = target.client_for(folder, participant, address, certs, system)
            case = from_gateway(client, message, to)
    except (ConfigError, NotFound, StoreError) as error:
        fail(str(error), BAD_INPUT)
    except ExchangeError as error:
        fail_exchange(error)
    found = run(case.timeline, case.asked)
    if as_json:
        _print_json(_as_json(case, found))
    else:
        _print(case, found, everything)
    raise SystemExit(OK if found.decision.shared else REFUSED)


def _of_draft(path: Path, giver: str, folder: Path, to: str) -> "Case":
    import time

    from gateway.agreements import load_agreements
    from gateway.sharing.days import day_number
    from integration.agreements import NotFound, of_draft
    from schemas.json_form import JsonFormError, drafts_from_json

    try:
        drafts = drafts_from_json(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise NotFound(f"{path}: {error.strerror}; name a draft as a JSON file") from None
    except JsonFormError as error:
        raise NotFound(str(error)) from None
    if len(drafts) != 1:
        raise NotFound(f"{path}: has {len(drafts)} drafts; name a file with one")
    day = day_number(time.time_ns() // 1000)
    return of_draft(drafts[0], giver, load_agreements(folder), to, day)


def _from_store(config: Path, message_id: str, to: str) -> "Case":
    from gateway.agreements import load_agreements
    from gateway.config import load
    from integration.agreements import from_store

    settings = load(config)
    return from_store(settings, load_agreements(settings.agreements_dir), message_id, to)


def _print(case: "Case", found: "Explanation", everything: bool) -> None:
    decision, asked = found.decision, case.asked
    head = f"{asked.type} {asked.content.header.message_id} → {asked.peer}"
    if not decision.shared:
        print(f"{head}: 不提供 · withheld")
    else:
        groups = ", ".join(sorted(decision.groups)) or "无 none"
        print(f"{head}: 提供 · given; 字段组 · groups: {groups}")
        for name in decision.clauses:
            if name.startswith("builtin/"):
                print(f"  依据 · by {name}: no agreement is needed")
    shown = [v for v in found.verdicts if v.gives or everything or len(v.reasons) == 1]
    for verdict in shown:
        _print_verdict(verdict)
    if not (shown or decision.shared):
        print(
            "  没有相近的条款 · no clause comes near; --all shows every one in force at that place"
        )


def _print_verdict(verdict: "ClauseVerdict") -> None:
    at = (
        f"entry {verdict.activated_at}, {verdict.activation_id}"
        if verdict.activation_id
        else "the file"
    )
    if verdict.gives:
        groups = f"; groups {', '.join(verdict.groups)}" if verdict.groups else ""
        term = f"; retention {verdict.retention}" if verdict.retention else ""
        print(f"  依据 · by {verdict.clause}, in force by {at}{groups}{term}")
        print(f"    {verdict.purpose}; {verdict.legal_basis}")
    for reason in verdict.reasons:
        print(f"  不适用 · not by {verdict.clause}, in force by {at}: {reason}")
    for root, values in verdict.saw.items():
        for name, value in values.items():
            print(f"    {root}.{name} = {value}")


def _as_json(case: "Case", found: "Explanation") -> dict[str, Any]:
    from dataclasses import asdict

    decision = found.decision
    return {
        "message_id": case.asked.content.header.message_id,
        "type": case.asked.type,
        "to": case.asked.peer,
        "shared": decision.shared,
        "groups": sorted(decision.groups),
        "clauses": list(decision.clauses),
        "activation_ids": list(decision.activations),
        "verdicts": [asdict(verdict) | {"gives": verdict.gives} for verdict in found.verdicts],
    }


def _print_json(value: Any) -> None:
    import json

    print(json.dumps(value, ensure_ascii=False, indent=1, default=str))
