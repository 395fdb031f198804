"""Every kind of question that the code asks has its names and its ground in the table, and no other has."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pipelines
from pipelines.questions.kinds import kind_of, kinds
from yrd.coordination.v1.dialogue_pb2 import ObjectionGround

KIND_AT = {"about": 1, "Question": 0, "Fault": 0}
"""Calls that make a question, and which argument is its kind."""
CALLS = [
    (path.name, call)
    for path in sorted(Path(pipelines.__file__).parent.rglob("*.py"))
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KIND_AT
]


def arguments() -> Iterator[tuple[str, ast.expr]]:
    for file, call in CALLS:
        assert isinstance(call.func, ast.Name)
        yield file, call.args[KIND_AT[call.func.id]]


def test_every_kind_that_is_asked_has_a_row_and_every_row_is_asked() -> None:
    asked = {a.value for _, a in arguments() if isinstance(a, ast.Constant)}
    assert asked == kinds().keys()


def test_a_kind_is_written_where_it_is_asked() -> None:
    """So that the test above sees it: only faults, which are written elsewhere, are handed on."""
    other = {(file, type(a)) for file, a in arguments() if not isinstance(a, ast.Constant)}
    assert other == {("questions.py", ast.Name), ("stocktake.py", ast.Starred)}


def test_every_ground_is_one_of_the_contract_and_every_kind_has_two_names() -> None:
    grounds = {kind.ground for kind in kinds().values()} - {None}
    assert grounds <= set(ObjectionGround.keys()[1:])
    assert all(kind.name_zh and kind.name_en for kind in kinds().values())
    assert len({kind.name_zh for kind in kinds().values()}) == len(kinds())


def test_a_kind_that_only_a_newer_pipeline_knows_goes_by_its_name() -> None:
    assert kind_of("of_tomorrow").name_zh == "of_tomorrow"
