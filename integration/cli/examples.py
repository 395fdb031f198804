"""One example or more of every command: `--help` ends with them, and so does its page of the manual.

A test runs each through the parser of its command, and names a command that has none.
"""

from collections.abc import Iterator

import typer

LOCAL = "--dir /tmp/yrd --as 310000"
ID = "01a20f55-9c19-7875-ab3a-a6386696c80b"

EXAMPLES: dict[str, tuple[str, ...]] = {
    "up": ("yrd up --dir /tmp/yrd",),
    "drill": ("yrd drill", "yrd drill wenling_2020 --keep --dir /tmp/drill"),
    "acts": (
        "yrd acts --config /etc/yrd/page.yaml",
        "yrd acts --config /etc/yrd/page.yaml --after 120 --json",
    ),
    "page": ("yrd page --dir /tmp/yrd --as joint", "yrd page --config /etc/yrd/page.yaml"),
    "status": (
        f"yrd status {LOCAL}",
        "yrd status --target 10.31.0.5:7310 --certs certs",
        f"yrd status {LOCAL} --watch --every 5",
    ),
    "doctor": (
        "yrd doctor --config /etc/yrd/gateway.yaml",
        "yrd doctor --config /etc/yrd/gateway.yaml --bridge /etc/yrd/bridge.yaml --lang zh",
        "yrd doctor --config /etc/yrd/gateway.yaml --no-network --json",
    ),
    "backup": (
        "yrd backup --config /etc/yrd/gateway.yaml --out /backup/2026-11-29.tar --name nightly",
    ),
    "backup verify": (
        "yrd backup verify /backup/2026-11-29.tar --config /etc/yrd/gateway.yaml",
        "yrd backup verify /backup/2026-11-29.tar --keys keys",
    ),
    "backup restore": ("yrd backup restore /backup/2026-11-29.tar --config /etc/yrd/gateway.yaml",),
    "backup list": ("yrd backup list --config /etc/yrd/gateway.yaml",),
    "publish": (f"yrd publish first.json {LOCAL}",),
    "template": ("yrd template incident_report > first.json",),
    "tail": (f"yrd tail {LOCAL} --type yrd.incident.v1.IncidentReport",),
    "get": (f"yrd get {ID} {LOCAL}",),
    "list": (f"yrd list {LOCAL} --mode exercise",),
    "certs init": ("yrd certs init --dir certs",),
    "certs issue": ("yrd certs issue --dir certs --participant 310000 --system dispatch",),
    "certs renew": ("yrd certs renew --dir certs --participant 310000 --system gateway",),
    "certs revoke": ("yrd certs revoke --dir certs --participant 310000 --system dispatch",),
    "certs rotate-keys": ("yrd certs rotate-keys --dir certs --participant 310000 --mark 2027",),
    "config init": (
        "yrd config init gateway --to /etc/yrd/gateway.yaml",
        "yrd config init page --to page.yaml --answers answers.yaml",
        "yrd config init gateway --questions > answers.yaml",
    ),
    "config check": ("yrd config check /etc/yrd/gateway.yaml",),
    "config files": ("yrd config files --to files",),
    "config man": ("yrd config man --to ~/.local/share/man/man1",),
    "gateway serve": (
        "yrd gateway serve --config /etc/yrd/gateway.yaml --new",
        "yrd gateway serve --config /etc/yrd/gateway.yaml",
    ),
    "gateway recover": ("yrd gateway recover --config /etc/yrd/gateway.yaml",),
    "gateway move-store": ("yrd gateway move-store --config /etc/yrd/gateway.yaml",),
    "gateway reload": (f"yrd gateway reload {LOCAL}",),
    "audit verify": ("yrd audit verify --config /etc/yrd/gateway.yaml",),
    "audit account": (
        "yrd audit account --config /etc/yrd/gateway.yaml --with 320000 --out ours.json",
    ),
    "audit reconcile": ("yrd audit reconcile ours.json theirs.json",),
    "audit access": ("yrd audit access --config /etc/yrd/gateway.yaml",),
    "agreements check": ("yrd agreements check agreements",),
    "agreements list": (f"yrd agreements list {LOCAL}",),
    "agreements explain": (f"yrd agreements explain {ID} --to 330000 {LOCAL}",),
    "alarms": (f"yrd alarms {LOCAL} --all",),
    "alarms show": (f"yrd alarms show 1 --out alarm-1 {LOCAL}",),
    "alarms settle": (f'yrd alarms settle 1 --note "clock set" {LOCAL}',),
    "alarms report-missing": (f"yrd alarms report-missing evidence {LOCAL}",),
    "evidence export": (f"yrd evidence export {ID} --out evidence {LOCAL}",),
    "evidence verify": ("yrd evidence verify evidence --keys certs --quorum 2",),
    "incident merge": (
        "yrd incident merge 310000/flood/1 320000/flood/7 --reason 同一起积水 "
        "--post 联合值班室 --dir /tmp/yrd",
    ),
    "incident split": (
        "yrd incident split 310000/flood/1 320000/flood/7 --reason 两起 --post 联合值班室 --dir /tmp/yrd",
    ),
    "incident withdraw": (
        "yrd incident withdraw joint/decision/1 --reason 误并 --post 联合值班室 --dir /tmp/yrd",
    ),
    "objection raise": (
        f"yrd objection raise {ID} --ground incorrect --statement 数字有误 {LOCAL}",
    ),
    "objection answer": (
        "yrd objection answer 310000/objection/1 --uphold --corrected-by "
        f"{ID} --dir /tmp/yrd --as 320000",
    ),
    "objection take-back": (f"yrd objection take-back 310000/objection/1 {LOCAL}",),
    "objection list": (f"yrd objection list {LOCAL}",),
    "objection trace": (f"yrd objection trace 310000/objection/1 {LOCAL}",),
    "retention check": ("yrd retention check policy.yaml",),
    "retention run": (f"yrd retention run --dry-run {LOCAL}",),
    "retention status": ("yrd retention status --config /etc/yrd/gateway.yaml",),
    "retention ledger": ("yrd retention ledger --config /etc/yrd/gateway.yaml",),
    "retention ended": ("yrd retention ended --config /etc/yrd/gateway.yaml",),
    "contracts check": ("yrd contracts check",),
    "contracts convert": ("yrd contracts convert first.json first.avro",),
    "contracts release": ("yrd contracts release 1.1.0",),
    "contracts verify": ("yrd contracts verify --target 10.31.0.5:7310 --certs kit",),
    "contracts prepare": ("yrd contracts prepare kit",),
    "pipeline run": (
        "yrd pipeline run --dir /tmp/yrd",
        "yrd pipeline run --config /etc/yrd/pipeline.yaml",
    ),
    "pipeline backfill": ("yrd pipeline backfill archive/2026-11-29.avro",),
    "pipeline as-of": ("yrd pipeline as-of 2026-06-01T20:00 --dir /tmp/yrd",),
    "pipeline report": ("yrd pipeline report archive/2026-11-29.avro",),
    "pipeline supplies": ("yrd pipeline supplies archive/2026-11-29.avro --area 310000",),
    "pipeline warnings": (
        "yrd pipeline warnings archive/2026-11-29.avro --area 310115 --at 2026-06-01T20:00",
    ),
    "pipeline submit": ("yrd pipeline submit --engine flink --config bridge.yaml",),
    "bridge kafka init": ("yrd bridge kafka init --config /etc/yrd/bridge.yaml",),
    "bridge kafka check": ("yrd bridge kafka check --config /etc/yrd/bridge.yaml",),
    "bridge kafka out": ("yrd bridge kafka out --config /etc/yrd/bridge.yaml",),
    "bridge kafka in": ("yrd bridge kafka in --config /etc/yrd/bridge.yaml",),
    "cap in": (f"yrd cap in warnings --watch {LOCAL}",),
    "cap out": (f"yrd cap out cap {LOCAL}",),
    "edxl in": (f"yrd edxl in requests --watch {LOCAL}", f"yrd edxl in a.xml --mode test {LOCAL}"),
    "edxl out": (f"yrd edxl out edxl {LOCAL} --cursor edxl --follow",),
    "edxl check": ("yrd edxl check request.xml --as 310000",),
    "import resources": (
        "yrd import resources pumps.csv --mode actual --as 310000 --dry-run",
        f"yrd import resources pumps.xlsx --mode actual {LOCAL}",
    ),
    "import waybills": (f"yrd import waybills trips.xlsx --mode actual {LOCAL}",),
    "import template": ("yrd import template resources --to pumps.xlsx",),
    "http": ("yrd http --config /etc/yrd/http.yaml",),
    "http token": (
        "yrd http token --config /etc/yrd/http.yaml --system http-dispatch --scope publisher --days 90",
    ),
    "http tokens": ("yrd http tokens --config /etc/yrd/http.yaml",),
    "http revoke": ("yrd http revoke --config /etc/yrd/http.yaml 0123456789ab",),
    "http openapi": ("yrd http openapi > openapi.json",),
    "simulate mesh": ("yrd simulate mesh --outage 320000@6h+2h --out mesh",),
    "simulate needs": ("yrd simulate needs",),
}


def attach(app: typer.Typer, words: tuple[str, ...] = ()) -> None:
    """Gives every command that has examples an end of its help that shows them."""
    for command in app.registered_commands:
        name = command.name or _name_of(command.callback)
        command.epilog = _epilog(" ".join((*words, name)))
    for group in app.registered_groups:
        inner = group.typer_instance
        if inner is not None and group.name:
            attach(inner, (*words, group.name))
            inner.info.epilog = _epilog(" ".join((*words, group.name)))


def _name_of(callback: object) -> str:
    return getattr(callback, "__name__", "").lower().replace("_", "-")


def _epilog(words: str) -> str | None:
    found = EXAMPLES.get(words)
    return "\n\n".join(_lines(found)) if found else None


def _lines(examples: tuple[str, ...]) -> Iterator[str]:
    yield "例如 For example:"
    yield from examples
