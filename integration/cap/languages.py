"""Languages of an alert: which one a message is in, and which infos say the same in others."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from integration.cap.alert import Alert, Info
from integration.cap.kept import MARK, PREFIX
from integration.cap.remarks import Kind, Remark

CHINESE = "zh-CN"
UNSTATED = "en-US"
"""What CAP 1.2 takes an info for that names no language."""
_HAN = re.compile("[\u4e00-\u9fff]")


class Told(NamedTuple):
    """An info in the main language, and the same in others."""

    info: Info
    others: tuple[Info, ...]


def stated(alert: Alert, remarks: list[Remark]) -> Alert:
    """The alert with a language in every info: without one, Chinese if its texts are."""
    infos = []
    for info in alert.infos:
        if info.language:
            infos.append(info)
            continue
        chinese = _HAN.search(f"{info.headline}{info.description}{info.instruction}{info.event}")
        language = CHINESE if chinese else UNSTATED
        if chinese:
            text = f"未写明，文字是中文，按{CHINESE} not stated, and the text is Chinese"
            remarks.append(Remark(Kind.INFERRED, "alert.info.language", text))
        infos.append(replace(info, language=language))
    return replace(alert, infos=tuple(infos))


def main_language(infos: Sequence[Info]) -> str:
    """Chinese as written in the mainland, else any Chinese, else the language of the first."""
    languages = [info.language for info in infos]
    chinese = [name for name in languages if name.lower().split("-")[0] == "zh"]
    exact = [name for name in chinese if name.lower() == CHINESE.lower()]
    return (exact or chinese or languages)[0]


def told(infos: Sequence[Info]) -> list[Told]:
    """Each info that becomes messages, with those that say the same in another language.

    Those become messages that bear a message id of ours; where none does, all in the main language. Where
    another language has as many infos as the main one, the first belongs to the first, and so on; else one
    belongs to the last main one before it. Of one language an info has but one.
    """
    marked = [info for info in infos if _is_ours(info)]
    main = main_language(infos).lower()
    heads = marked or [info for info in infos if info.language.lower() == main]
    found: list[list[Info]] = [[] for _ in heads]
    spoken = [{head.language.lower()} for head in heads]
    counts = Counter(info.language.lower() for info in infos)
    own = {id(head) for head in heads}
    seen: Counter[str] = Counter()
    before = 0
    for info in infos:
        language = info.language.lower()
        if id(info) in own:
            before += 1
            continue
        seen[language] += 1
        in_order = not marked and counts[language] == len(heads)
        place = seen[language] if in_order else before
        if place and language not in spoken[place - 1]:
            spoken[place - 1].add(language)
            found[place - 1].append(info)
    return [Told(info, tuple(others)) for info, others in zip(heads, found, strict=True)]


def _is_ours(info: Info) -> bool:
    """Whether it was written from a message, by us."""
    return any(parameter.value_name == PREFIX + MARK for parameter in info.parameters)
