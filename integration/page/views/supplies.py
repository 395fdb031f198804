"""What can be lent, by capability and province; stocks, how long they last, shelters."""

from collections.abc import Iterator

from integration.page.desk import Shown
from integration.page.views.values import Json, ms
from pipelines.amounts import amount
from pipelines.places.areas import EVERYWHERE
from pipelines.report.supplies import cover_words, stock_kind
from pipelines.words import Words
from schemas.codes.tables import PROVINCES
from yrd.situation.v1.situation_pb2 import ResourceSummary, SituationSummary


def supplies(shown: Shown, words: Words) -> Json:
    """All of it. What nobody told is absent, which is not the same as none."""
    summary = shown.summary
    return {
        "provinces": [words.name(code) for code in PROVINCES],
        "resources": _matrix(summary, words),
        "stocks": [*_stocks(summary, words)],
        "cover": [
            {
                "area": words.place(cover.admin_code),
                "what": words.ability(cover.capability),
                "have": f"{amount(cover.available)} {cover.unit}",
                "lasts": cover_words(cover, words),
            }
            for area in summary.supplies
            if area.admin_code != EVERYWHERE
            for cover in area.cover
        ],
        "expiring": [
            {
                "who": words.name(lot.participant),
                "name": lot.name,
                "much": f"{amount(lot.quantity.value)} {lot.quantity.unit}",
                "expire_ms": ms(lot, "expire_time"),
                "expired": lot.expired,
            }
            for area in summary.supplies
            for lot in area.expiring
        ],
        "shelters": [*_shelters(summary, words)],
    }


def _matrix(summary: SituationSummary, words: Words) -> list[Json]:
    """One row for each capability and unit, one cell for each province; None: nothing was told."""
    rows: dict[tuple[str, str], dict[str, ResourceSummary]] = {}
    for line in summary.resources:
        rows.setdefault((words.ability(line.capability), line.unit), {})[line.participant] = line
    return [
        {
            "what": what,
            "unit": unit,
            "cells": [_cell(by[code]) if code in by else None for code in PROVINCES],
        }
        for (what, unit), by in sorted(rows.items())
    ]


def _cell(line: ResourceSummary) -> Json:
    return {
        "spare": line.spare,
        "available": line.available,
        "committed": line.committed,
        "total": line.total,
        "outdated": line.outdated,
    }


def _stocks(summary: SituationSummary, words: Words) -> Iterator[Json]:
    for area in summary.supplies:
        for line in area.lines if area.admin_code in PROVINCES else ():
            if len(line.kind_prefix) != 1:  # the largest groups say nothing
                yield {
                    "area": words.place(line.admin_code),
                    "kind": stock_kind(line, words),
                    "unit": line.unit,
                    "available": line.sums.available,
                    "spare": line.sums.spare,
                    "total": line.sums.total,
                    "expired": line.expired,
                    "outdated": line.outdated,
                }


def _shelters(summary: SituationSummary, words: Words) -> Iterator[Json]:
    for area in summary.shelters:
        for line in area.lines if area.admin_code in PROVINCES else ():
            yield {
                "area": words.place(line.admin_code),
                "shelters": line.shelters,
                "capacity": line.capacity,
                "taken": line.occupancy,
                "free": line.free,
                "over_full": line.over_full,
                "unit": line.unit,
            }
