"""Entry point of `yrd`."""

import sys

import typer

from integration.cli import (
    acts,
    agreements,
    alarms,
    audit,
    backup,
    bridge,
    cap,
    certs,
    config,
    contracts,
    doctor,
    drill,
    edxl,
    evidence,
    examples,
    gateway,
    http,
    importing,
    incident,
    messages,
    objection,
    page,
    pipeline,
    retention,
    simulate,
    status,
    up,
)
from integration.cli.ending import INTERRUPTED, STATUSES

app = typer.Typer(
    help="Yangtze Delta exchange: gateways, messages, the joint picture, drills.",
    epilog=STATUSES,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name, module in {
    "certs": certs,
    "config": config,
    "gateway": gateway,
    "audit": audit,
    "backup": backup,
    "agreements": agreements,
    "alarms": alarms,
    "evidence": evidence,
    "incident": incident,
    "objection": objection,
    "retention": retention,
    "contracts": contracts,
    "pipeline": pipeline,
    "bridge": bridge,
    "cap": cap,
    "edxl": edxl,
    "http": http,
    "import": importing,
    "simulate": simulate,
}.items():
    app.add_typer(module.app, name=name)
app.command("up")(up.up)
app.command("drill")(drill.drill)
app.command("page")(page.page)
app.command("acts")(acts.acts)
app.command("status")(status.status)
app.command("doctor")(doctor.doctor)
app.command("publish")(messages.publish)
app.command("template")(messages.template)
app.command("tail")(messages.tail)
app.command("get")(messages.get)
app.command("list")(messages.list_messages)
examples.attach(app)


def main() -> None:
    """Runs the command; an interruption is not a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        raise SystemExit(INTERRUPTED) from None
