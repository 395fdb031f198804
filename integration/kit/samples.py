"""A case for each sample of schemas/samples: valid ones come back, invalid ones name their rules.

Valid ones of a type that gateways seal themselves (yrd.governance) are refused from a client.
"""

from functools import cache
from pathlib import Path

from integration.kit.model import Case, CaseFileError, Group, Step
from schemas.catalog import PUBLISHABLE
from schemas.samples.reading import FOLDER, Sample, SampleError, invalid_samples, valid_samples

_WHY = "A sample is the contract's own example: what it says of itself must hold everywhere."
_NO_CLIENTS = (
    "Only gateways seal this type, into their own logs: from a client a good one is NOT_PERMITTED."
)


@cache
def sample_groups(folder: Path = FOLDER) -> tuple[Group, ...]:
    """One group, or none where there are no samples. Raises CaseFileError."""
    try:
        valid, invalid = valid_samples(folder=folder), invalid_samples(folder=folder)
    except SampleError as error:
        raise CaseFileError(f"samples: {error}") from None
    known = {(sample.type, sample.name): sample for sample in valid}
    cases = tuple(_case(sample, known) for sample in (*valid, *invalid))
    return (Group("samples", "样例报文 · Sample messages", cases),) if cases else ()


def _case(sample: Sample, known: dict[tuple[str, str], Sample]) -> Case:
    verdict = "invalid" if sample.violates else "valid"
    short = sample.type.removeprefix("yrd.")
    missing = [name for name in sample.after if (sample.type, name) not in known]
    if missing:
        raise CaseFileError(
            f"samples: {sample.id}: after: no valid sample {missing[0]!r} of its type"
        )
    before = [known[sample.type, name] for name in sample.after]
    argument = {
        "participant": sample.participant,
        "drafts": [*(one.draft for one in before), sample.draft],
        "violates": [(breach.field, breach.rule) for breach in sample.violates],
        "sealed_by_gateways": sample.type not in PUBLISHABLE,
    }
    return Case(
        group="samples",
        name=f"{short}-{verdict}-{sample.name}",
        title=f"样例 {short} {sample.name} · Sample {short} {sample.name}, {verdict}",
        profile="basic",
        about=sample.about,
        why=_WHY if sample.type in PUBLISHABLE else f"{_WHY} {_NO_CLIENTS}",
        look="Validate the draft with the contract's rules (protovalidate) and its code tables.",
        contract=(sample.type,),
        steps=(Step("sample", argument),),
        source=f"schemas/samples/{sample.id}.json",
    )
