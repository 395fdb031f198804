"""The table of mutations: what we say of each, and what Apache's Avro checker does."""

import json
from typing import Any

import avro.schema
import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

from schemas.compat import Contract, Finding, Surface, compare, contract_of
from tests.unit.schemas.compat.mutation import Mutation
from tests.unit.schemas.compat.mutations import MUTATIONS
from tests.unit.schemas.compat.probe import Probe

every = pytest.mark.parametrize("mutation", MUTATIONS, ids=[m.name for m in MUTATIONS])


@pytest.fixture(scope="module")
def base() -> Contract:
    return contract_of(Probe().set)


def mutated(mutation: Mutation) -> Contract:
    probe = Probe()
    mutation.mutate(probe)
    return contract_of(probe.set)


def surfaces(findings: tuple[Finding, ...], *, breaks: bool) -> set[Surface]:
    return {f.surface for f in findings if f.breaks is breaks}


@every
def test_our_verdict_is_the_tables(base: Contract, mutation: Mutation) -> None:
    found = compare(base, mutated(mutation), "1.0.0")
    assert surfaces(found, breaks=True) == mutation.breaks
    assert surfaces(found, breaks=False) == mutation.notes


@every
def test_apache_agrees_or_the_table_says_why(base: Contract, mutation: Mutation) -> None:
    theirs = apache_reads_both_ways(base.avro, mutated(mutation).avro)
    ours = Surface.AVRO not in mutation.breaks
    assert (theirs != ours) == bool(mutation.avro_why)


def apache_reads_both_ways(old: Any, new: Any) -> bool:
    """Whether Apache's checker finds every type that both have readable in both directions."""
    pairs = [(s, new[n]) for n, s in old.items() if n in new and not isinstance(new[n], str)]
    return all(apache_reads(*pair) and apache_reads(*reversed(pair)) for pair in pairs)


def apache_reads(reader: Any, writer: Any) -> bool:
    checker: Any = ReaderWriterCompatibilityChecker
    parsed = [avro.schema.parse(json.dumps(schema)) for schema in (reader, writer)]
    found = checker().get_compatibility(*parsed)
    return bool(found.compatibility is SchemaCompatibilityType.compatible)


def test_the_table_is_large_and_no_row_stands_twice() -> None:
    assert len(MUTATIONS) >= 70
    assert len({m.name for m in MUTATIONS}) == len(MUTATIONS)


@every
def test_where_buf_differs_the_table_says_why(mutation: Mutation) -> None:
    assert (bool(mutation.breaks) != bool(mutation.buf)) == bool(mutation.why)


def test_nothing_changed_is_nothing_found(base: Contract) -> None:
    assert compare(base, contract_of(Probe().set), "1.0.0") == ()
