"""docs/scale.md says what the program computes; what the program computes is near what gateways do."""

import pytest

from integration.simulate import validation
from integration.simulate.document import DOCUMENT, PLOTS, filled, tables
from integration.simulate.figures import Figure, load
from integration.simulate.limits import limits
from integration.simulate.needs import Needs
from tests.unit.simulate.meshes import small

MOST_ERROR = 25.0


def test_the_document_and_its_plots_are_what_is_computed() -> None:
    made, drawn = tables()
    text = DOCUMENT.read_text(encoding="utf-8")
    assert filled(text, {table.name: table.markdown() for table in made}) == text, (
        "run `make scale`"
    )
    assert drawn == {file.name: file.read_text(encoding="utf-8") for file in PLOTS.iterdir()}


def test_a_table_that_is_none_is_told() -> None:
    with pytest.raises(KeyError, match="nothing"):
        filled("<!-- nothing -->\n<!-- / -->", {})


def test_the_model_is_near_what_real_gateways_did() -> None:
    found = validation.table(load()).as_json()
    assert len(found) == 2
    for row in found:
        assert abs(row["error"]) < MOST_ERROR, row


def test_needs_and_the_simulation_agree_on_processors() -> None:
    """At a batch a second the one computes by formula what the other finds step by step."""
    needs, history = Needs(load()), small(31, 1.0).run()
    least = history.least[:60].mean(axis=0) / history.arrivals.seconds / 1e6
    assert least == pytest.approx(needs.cores(1.0), rel=0.2)


def test_twice_the_load_is_full_at_half_the_times() -> None:
    figures = load()
    twice = {
        name: stream.model_copy(update={"per_hour": _doubled(stream.per_hour)})
        for name, stream in figures.streams.items()
    }
    more = limits(Needs(figures.model_copy(update={"streams": twice})))
    assert {limit.en: 2 * limit.times for limit in more} == pytest.approx(
        {limit.en: limit.times for limit in limits(Needs(figures))}
    )


def _doubled(figure: Figure) -> Figure:
    return figure.model_copy(update={"value": 2 * figure.value})
