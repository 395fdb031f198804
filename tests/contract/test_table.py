"""No error class without its promise, its documentation and a test that provokes it."""

from importlib import import_module

from gateway import errors
from gateway.errors import GatewayError
from gateway.replication.wrong import Wrong
from tests.contract.test_calls import CALLS
from tests.contract.test_drafts import DRAFTS
from tests.contract.test_states import STATES
from tests.support.promises import PROMISED
from tests.support.told import documented_metadata
from yrd.exchange.v1.errors_pb2 import ErrorReason
from yrd.exchange.v1.service_pb2 import AlarmEvidence

NOT_IN_A_TABLE = {
    errors.IdentityUnknown: "test_identity.py: it takes a certificate of its own",
    errors.QuotaExceeded: "test_states.py: it takes a gateway with a small quota",
}


def descendants(kind: type[GatewayError] = GatewayError) -> set[type[GatewayError]]:
    below = kind.__subclasses__()
    return {*below, *(deeper for found in below for deeper in descendants(found))}


def all_kinds() -> set[type[GatewayError]]:
    """Those that callers can tell apart: gateway.errors has them all."""
    return {kind for kind in descendants() if kind.__module__ == errors.__name__}


def test_what_is_raised_of_a_peer_tells_callers_what_its_base_tells() -> None:
    import_module("gateway.app")  # and with it every module of a gateway
    assert descendants() - all_kinds() == {Wrong}
    wrong = Wrong("x", kind="fork", log="yrd/320000", index=7, evidence=AlarmEvidence(said="y"))
    told = errors.LogInconsistent("yrd/320000: x", log="yrd/320000", index=7)
    assert errors.to_status(wrong) == errors.to_status(told)


def test_every_error_class_has_its_promise() -> None:
    assert set(PROMISED) == all_kinds()


def test_every_error_class_is_provoked() -> None:
    provoked = {bad.error for table in (DRAFTS, CALLS, STATES) for bad in table}
    assert provoked | set(NOT_IN_A_TABLE) == all_kinds()


def test_every_reason_of_the_contract_is_one_that_is_given() -> None:
    reasons = {value.name.removeprefix("ERROR_REASON_") for value in ErrorReason.DESCRIPTOR.values}
    assert set(documented_metadata()) == reasons
    assert {promise.reason for promise in PROMISED.values()} == reasons - {"UNSPECIFIED"}


def test_the_list_at_the_top_of_errors_is_the_list_of_the_classes() -> None:
    listed = {line.split()[1]: line for line in (errors.__doc__ or "").splitlines() if "──" in line}
    assert set(listed) == {kind.__name__ for kind in all_kinds()}
    for kind, promise in PROMISED.items():
        assert promise.code in listed[kind.__name__]
        assert ("RetryInfo" in listed[kind.__name__]) == promise.retry
