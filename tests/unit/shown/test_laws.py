"""What Hypothesis prints of a law is read as it is."""

from tests.shown.laws import examples

PRINTED = """
tests/unit/pipelines/facts/test_state.py::test_order[from_the_left]:

  - during reuse phase (0.01 seconds):
    - 2 passing, 0 failing, and 0 invalid test cases

  - during generate phase (6.00 seconds):
    - Typical runtimes: ~ 2-279 ms, of which ~ 1-212 ms in data generation
    - 60 passing, 0 failing, and 3 invalid test cases

  - Stopped because settings.max_examples=60


tests/unit/pipelines/facts/test_state.py::test_order[as_a_tree]:

  - during generate phase (2.85 seconds):
    - 60 passing, 1 failing, and 8 invalid test cases


tests/unit/pipelines/supplies/test_shelters.py::test_free:

  - during generate phase (2.12 seconds):
    - 100 passing, 0 failing, and 16 invalid test cases
"""


def test_examples_are_added_up_over_cases_and_phases() -> None:
    assert examples(PRINTED) == {
        ("tests/unit/pipelines/facts/test_state.py", "test_order"): [122, 1],
        ("tests/unit/pipelines/supplies/test_shelters.py", "test_free"): [100, 0],
    }


def test_what_is_no_law_counts_nothing() -> None:
    assert examples("....\n    - 5 passing, 0 failing, and 0 invalid test cases\n") == {}
