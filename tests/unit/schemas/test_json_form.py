"""The JSON form is read strictly."""

import json

import pytest

from schemas.json_form import JsonFormError, drafts_from_json, to_json
from tests.support.builders import draft


def test_one_many_and_lines() -> None:
    made = [draft(), draft()]
    text = [to_json(d) for d in made]
    assert drafts_from_json(text[0], "f") == made[:1]
    assert drafts_from_json(f"[{text[0]},{text[1]}]", "f") == made
    assert drafts_from_json("\n".join(json.dumps(json.loads(t)) for t in text), "f") == made


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"header": {"revision": 1, "revision": 2}}', "'revision' stands twice"),
        ('{"header": {"revision": NaN}}', "NaN is not a JSON number"),
        ('{"header": {"revison": 1}}', "revison"),
        ('{"header": {"revision": "x"}}', "revision"),
        ("{\n\n]", "line 3"),
        ("3", "expected an object"),
        ("[" * 20_000, "f: "),
    ],
)
def test_bad_json_is_named(text: str, words: str) -> None:
    with pytest.raises(JsonFormError, match=words) as caught:
        drafts_from_json(text, "f")
    assert str(caught.value).startswith("f")
