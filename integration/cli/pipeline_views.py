"""yrd pipeline report, supplies, warnings: what people read, from archived files."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.ending import BAD_INPUT, REFUSED, fail
from integration.cli.instants import INSTANT, NoInstant, instant_us

if TYPE_CHECKING:
    from yrd.exchange.v1.message_pb2 import Message

Scope = Annotated[
    str | None, typer.Option(help="actual, or exercise/NAME; needed if the files hold several.")
]
Files = Annotated[list[Path], typer.Argument(help="Archived Avro files.")]


def report(
    files: Files,
    scope: Scope = None,
    previous: Annotated[
        Path | None,
        typer.Option(help="The report before, as --save wrote it: this one follows it."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write here what the next report must know of this one.")
    ] = None,
) -> None:
    """A situation report as a draft, in Chinese and English: the first, or one that says what changed."""
    from pipelines.running.backfill import ArchiveError, backfill
    from pipelines.sitrep.report import Report, cited, text
    from pipelines.sitrep.series import SeriesError, follow, saved
    from pipelines.sitrep.text import origins

    try:
        pictures = {picture.scope: picture for picture in backfill(files)}
        scope = _chosen(scope, pictures)
        summary = pictures[scope].summary
        made = Report(1, summary)
        if previous is not None:
            told = previous.read_text(encoding="utf-8")
            made = follow(told, str(previous), scope, summary)
        print(text(made, origins(_messages(files), cited(made))))
        if save is not None:
            save.write_text(saved(scope, made), encoding="utf-8")
    except (ArchiveError, SeriesError) as error:
        fail(str(error), BAD_INPUT)
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{error}: give a file that can be read or written", BAD_INPUT)


def supplies(
    files: Files,
    area: Annotated[
        str, typer.Option(help="Administrative code; left out: all four provinces.")
    ] = "",
    kind: Annotated[
        str, typer.Option(help="1, 3, 5 or 7 digits of GB/T 38565; left out: every kind.")
    ] = "",
    scope: Scope = None,
) -> None:
    """Reserves of an area and kind, broken up by the areas in it and by the next layer of kinds."""
    from pipelines.report.supplies import stock
    from pipelines.supplies.break_down import break_down, stores
    from pipelines.words import EN, ZH
    from schemas.avro.archive import ArchiveError

    if kind and not re.fullmatch(r"[123]([0-9]{2}){0,3}", kind):
        fail(f"--kind {kind}: give 1, 3, 5 or 7 digits, the first 1, 2 or 3", BAD_INPUT)
    try:
        by_scope = stores(_messages(files))
    except ArchiveError as error:
        fail(str(error), BAD_INPUT)
    lines = break_down(by_scope[_chosen(scope, by_scope)], area, kind)
    if not lines:
        fail(f"nothing was told of area {area or 'all'!r} and kind {kind or 'all'!r}", REFUSED)
    for words in (ZH, EN):
        print("\n".join(stock(line, words) for line in lines))


def warnings(
    files: Files,
    area: Annotated[str, typer.Option(help="Administrative code of 6, 9 or 12 digits.")],
    at: Annotated[str, typer.Option(help=f"The instant: {INSTANT}.")],
    scope: Scope = None,
) -> None:
    """Warnings in force in an area at an instant, as is known now: updates, cancellations, expiry applied."""
    from pipelines.nature.warnings_of_area import by_scope, warnings_of
    from pipelines.report.warnings import area_line
    from pipelines.words import EN, ZH
    from schemas.avro.archive import ArchiveError
    from schemas.codes.tables import admin

    if admin(area) is None:
        fail(f"--area {area}: no such area; give a code of yrd_admin_codes.csv", BAD_INPUT)
    try:
        at_us = instant_us(at)
        told = by_scope(_messages(files))
    except (ArchiveError, NoInstant) as error:
        fail(str(error), BAD_INPUT)
    found = warnings_of(told[_chosen(scope, told)], area, at_us)
    for words in (ZH, EN):
        none = words.say("无生效预警", "no warning is in force")
        print("\n".join(area_line(warning, words) for warning in found) or none)


def _chosen(scope: str | None, found: Iterable[str]) -> str:
    """The scope that was asked for; without one, the only one there is."""
    known = sorted(found)
    if scope is None and len(known) == 1:
        return known[0]
    if scope not in known:
        there = ", ".join(known) or "none"
        asked = "--scope is missing" if scope is None else f"--scope {scope}"
        fail(f"{asked}: the files hold {there}; name one of these", BAD_INPUT)
    return scope


def _messages(files: Sequence[Path]) -> Iterator["Message"]:
    from schemas.avro.archive import read

    for file in files:
        yield from read(file)
