"""The small language of checks: a subset of Python's expressions over what a case has saved.

Allowed are comparisons, arithmetic, `and`/`or`/`not`, attributes, subscripts, literals,
comprehensions, conditionals, and calls of the functions in functions.py. Nothing else can be
reached: no names with an underscore in front, no methods, no statements.
"""

import ast
from collections.abc import Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

from integration.kit.functions import FUNCTIONS
from integration.kit.model import Unmet

_ALLOWED: tuple[type[ast.AST], ...] = (
    ast.Expression,
    ast.Compare,
    ast.BoolOp,
    ast.UnaryOp,
    ast.BinOp,
    ast.IfExp,
    ast.Call,
    ast.Attribute,
    ast.Subscript,
    ast.Slice,
    ast.Constant,
    ast.Name,
    ast.List,
    ast.Tuple,
    ast.Set,
    ast.Dict,
    ast.ListComp,
    ast.SetComp,
    ast.GeneratorExp,
    ast.comprehension,
    ast.Starred,
    ast.expr_context,
    ast.operator,
    ast.cmpop,
    ast.boolop,
    ast.unaryop,
)
_SHOWN = 300


class ExpressionError(ValueError):
    """An expression outside of the language; the text says which part and what is allowed."""


@lru_cache(maxsize=2048)
def _compiled(text: str) -> tuple[CodeType, ast.Expression]:
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise ExpressionError(f"{text!r} is not an expression: {error.msg}") from None
    for node in ast.walk(tree):
        _require_allowed(node, text)
    return compile(tree, "<check>", "eval"), tree


def _require_allowed(node: ast.AST, text: str) -> None:
    if not isinstance(node, _ALLOWED):
        raise ExpressionError(f"{text!r}: {type(node).__name__} is not allowed in a check")
    if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
        raise ExpressionError(f"{text!r}: {node.attr} is out of reach")
    if isinstance(node, ast.Call):
        named = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
        if named not in FUNCTIONS:
            raise ExpressionError(
                f"{text!r}: {named} is no function; known: {', '.join(FUNCTIONS)}"
            )


def require_expression(text: str) -> None:
    """Raises ExpressionError unless the text is an expression of the language."""
    _compiled(text)


def names_in(text: str) -> frozenset[str]:
    """Names that an expression reads and does not bind itself. Raises ExpressionError."""
    _, tree = _compiled(text)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    return frozenset(n.id for n in names) - bound - FUNCTIONS.keys()


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """The value. Raises ExpressionError, or what evaluating raises (LookupError, …)."""
    code, _ = _compiled(text)
    return _value(code, names)


def _value(code: CodeType, names: Mapping[str, Any]) -> Any:
    return eval(code, {"__builtins__": {}, **FUNCTIONS, **names})


def require_true(text: str, names: Mapping[str, Any]) -> None:
    """Raises Unmet, showing both sides of a comparison, unless the expression is true."""
    code, tree = _compiled(text)
    try:
        if _value(code, names):
            return
        came = _sides(tree.body, names)
    except ExpressionError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever an answer of an odd shape leads to
        came = f"{type(error).__name__}: {error}"
    raise Unmet(text.strip(), came)


def _sides(node: ast.expr, names: Mapping[str, Any]) -> str:
    if not isinstance(node, ast.Compare):
        return "it is not so"
    operands = [node.left, *node.comparators]
    return "; ".join(
        f"{ast.unparse(operand)} is {_shown(evaluate(ast.unparse(operand), names))}"
        for operand in operands
        if not isinstance(operand, ast.Constant)
    )


def _shown(value: Any) -> str:
    text = value.hex() if isinstance(value, bytes) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"
