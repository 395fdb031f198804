"""Answers as they are written: YAML reads back what was said, whatever it was."""

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from integration.setup.writing import line, text, texts

PRINTABLE = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" "), max_size=40
)


@given(PRINTABLE)
@example("no")
@example("Null")
@example("12:30")
@example("310000")
@example("- a: [b] # c")
@example(".")
@example("1e3")
@example("\"'\\")
@example("。：值班室")
def test_a_text_stays_itself(value: str) -> None:
    assert yaml.safe_load(line("key", text(value), "说明 # why")) == {"key": value}
    assert yaml.safe_load(texts([value, "b"])) == [value, "b"]
