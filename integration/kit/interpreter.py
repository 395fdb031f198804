"""Runs one case: step after step, until one is not met."""

import time
from typing import Any

import grpc

from integration.kit.actions import ACTIONS
from integration.kit.bench import Bench, World, require_needs
from integration.kit.expecting import require_answer
from integration.kit.expecting_results import require_refusal
from integration.kit.expressions import ExpressionError, require_true
from integration.kit.model import Case, Outcome, Status, Step, Unfit, Unmet
from integration.kit.recipes import RecipeError
from integration.kit.refusals import of_call
from integration.kit.setup import SetupError

CHECK = "check"


def run_case(case: Case, bench: Bench) -> Outcome:
    """What came of a case. Never raises for what a gateway does."""
    began = time.monotonic()
    world, number = bench.world(case), 0
    status, expected, came = Status.PASSED, "", ""
    try:
        require_needs(case, bench)
        for number, step in enumerate(case.steps, 1):  # noqa: B007  # told in the outcome
            run_step(step, world)
    except Unmet as unmet:
        status, expected, came = Status.FAILED, unmet.expected, unmet.came
    except Unfit as unfit:
        status, expected = Status.SKIPPED, f"needs {unfit}"
    except (ExpressionError, RecipeError, SetupError) as error:
        status, expected, came = Status.FAILED, "a case that can be run", str(error)
    except Exception as error:  # noqa: BLE001  # an answer of a shape that no step foresees
        status, expected = Status.FAILED, "an answer of the contract's shape"
        came = f"{type(error).__name__}: {error}"
    return Outcome(case, status, time.monotonic() - began, number, expected, came)


def run_step(step: Step, world: World) -> None:
    """Raises Unmet, Unfit, or what a bad case file leads to."""
    if step.action == CHECK:
        for text in step.argument:
            require_true(str(text), world.names)
        return
    wanted = step.expect.get("refused") if isinstance(step.expect, dict) else None
    try:
        came = ACTIONS[step.action].run(world, step.argument, step.caller)
    except grpc.RpcError as error:
        came = _refused(error, step, wanted, world)
    else:
        if wanted is not None and getattr(came, "refusal", None) is None:
            raise Unmet(f"the call to be refused: {wanted}", "an answer")
        if wanted is not None:
            require_refusal(came.refusal, wanted, world.names)
        else:
            require_answer(came, step.expect, world.names)
    world.names["it"] = came
    if step.save:
        world.names[step.save] = came


def _refused(error: grpc.RpcError, step: Step, wanted: Any, world: World) -> Any:
    refusal = of_call(error)
    if wanted is None:
        raise Unmet(f"an answer to {ACTIONS[step.action].about}", refusal.told())
    if "code" in wanted:
        if refusal.code != wanted["code"]:
            raise Unmet(f"status {wanted['code']}", refusal.told())
    else:
        require_refusal(refusal, wanted, world.names)
    return refusal
