"""What a browser gets: words in both languages, and nothing else than the page's own names."""

from integration.acts import refusals, wire
from integration.acts.outcome import HTTP, WORDS, Outcome, State
from integration.acts.seam import Choice, Field, Form, Said

TITLE = Said("签收", "acknowledge")
FORM = Form(
    act="acknowledge",
    about="message:actual:m",
    seen={"310000 r/1": "1 m"},
    title=TITLE,
    fields=[
        Field(
            name="kind",
            kind="choice",
            label=Said("情况", "what"),
            choices=[Choice("read", Said("已阅", "read"))],
        )
    ],
)


def test_a_form_tells_its_key_and_what_it_rests_on() -> None:
    told = wire.form(FORM, "k")
    assert (told["key"], told["seen"], told["title"]) == (
        "k",
        {"310000 r/1": "1 m"},
        {"zh": "签收", "en": "acknowledge"},
    )
    assert told["fields"][0]["choices"] == [
        {"value": "read", "label": {"zh": "已阅", "en": "read"}}
    ]
    assert told["fields"][0]["help"] is None


def test_each_state_has_words_and_a_status() -> None:
    assert set(WORDS) == set(HTTP) == set(State)
    told = Outcome(State.DECLINED, "k", "a", "t", "p1", reason=Said("数量有误", "wrong quantity"))
    assert wire.outcome(told)["text"] == {
        "zh": "复核人未同意，未发出：数量有误",
        "en": "declined by the second person; nothing was sent: wrong quantity",
    }
    assert told.status == 409


def test_each_refusal_has_a_status_and_a_name_of_its_own() -> None:
    kinds = refusals.Refused.__subclasses__()
    assert len({kind.problem for kind in kinds}) == len(kinds)
    assert {kind.status for kind in kinds} == {400, 401, 403, 404, 409, 413, 422, 503}
    assert all(kind.__name__ in str(refusals.__doc__) for kind in kinds)


def test_a_stale_page_gets_the_form_as_it_stands_now() -> None:
    told = wire.refusal(refusals.Stale(FORM, [{"what": "r/1", "was": "1", "now": "2"}], "k2"))
    assert (told["problem"], told["form"]["key"]) == ("stale", "k2")
    assert told["changed"] == [{"what": "r/1", "was": "1", "now": "2"}]


def test_wrong_fields_are_told_one_by_one_and_together() -> None:
    told = wire.refusal(refusals.WrongFields({"quantity": Said("请填数量", "state a quantity")}))
    assert told["fields"] == {"quantity": {"zh": "请填数量", "en": "state a quantity"}}
    assert told["remedy"]["en"] == "state a quantity"
