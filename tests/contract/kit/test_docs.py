"""docs/contract-kit.md names everything that a case can say."""

import re
from pathlib import Path

import pytest

from integration.kit.actions import ACTIONS
from integration.kit.functions import FUNCTIONS
from integration.kit.loading import own_groups
from integration.kit.recipes import KEYS
from integration.kit.setup import HOOKS

GUIDE = (Path(__file__).parents[3] / "docs" / "contract-kit.md").read_text(encoding="utf-8")
QUOTED = set(re.findall(r"`([\w-]+)`", GUIDE))


@pytest.mark.parametrize(
    "names", [ACTIONS.keys(), FUNCTIONS.keys(), KEYS], ids=["actions", "functions", "keys"]
)
def test_every_word_of_the_language_is_there(names: set[str]) -> None:
    assert set(names) - QUOTED == set()


def test_every_group_stands_in_a_profile() -> None:
    table = GUIDE.split("## Profiles")[1].split("\n\n")[0]
    for group in own_groups():
        assert re.search(rf"\b{group.name}\b", table), group.name


def test_every_hook_is_explained() -> None:
    for hook in HOOKS:
        assert f"  {hook}: " in GUIDE
