"""Which agreements are in force where in a log, and what to seal when files change. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from gateway.log.sealing import as_draft, open_entry
from gateway.sharing.agreement import Agreement, AgreementError, Loaded, parse
from yrd.governance.v1.governance_pb2 import AgreementActivation, AgreementStep

TYPE = AgreementActivation.DESCRIPTOR.full_name
ACTIVATED, WITHDRAWN = (
    AgreementStep.AGREEMENT_STEP_ACTIVATED,
    AgreementStep.AGREEMENT_STEP_WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class Activation:
    """One step of one agreement, as it stands at `index` of a log.

    `agreement` is None if it was withdrawn, or if its text can't be read any more (`problem` says why);
    either way it gives nothing.
    """

    index: int
    message_id: str
    sealed_us: int
    agreement_id: str
    between: tuple[str, ...]
    text_sha256: bytes
    agreement: Agreement | None
    problem: str = ""

    @property
    def withdrawn(self) -> bool:
        """Whether it ends the agreement."""
        return self.agreement is None and not self.problem


@dataclass(frozen=True, slots=True)
class Step:
    """Something to seal: an agreement that comes into force, changes, or is withdrawn."""

    step: int
    agreement_id: str
    between: tuple[str, ...]
    text: str = ""

    def body(self, participant: str) -> AgreementActivation:
        """The message's body."""
        digest = sha256(self.text.encode()).digest() if self.step == ACTIVATED else b""
        return AgreementActivation(
            participant=participant,
            step=self.step,  # type: ignore[arg-type]  # an enum's number
            agreement_id=self.agreement_id,
            between=self.between,
            text_sha256=digest,
            text=self.text,
        )

    def __str__(self) -> str:
        return f"{self.agreement_id} {'activated' if self.step == ACTIVATED else 'withdrawn'}"


def steps(
    participant: str, loaded: Sequence[Loaded], in_force: Mapping[str, Activation]
) -> list[Step]:
    """What changed: the files loaded against what is in force by the own log.

    Agreements that the participant is no party to are none of its business.
    """
    own = [found for found in loaded if participant in found.agreement.between]
    kept = {found.agreement.id for found in own}
    ended = [
        Step(WITHDRAWN, known.agreement_id, known.between)
        for known in in_force.values()
        if known.agreement_id not in kept
    ]
    begun = [
        Step(ACTIVATED, found.agreement.id, found.agreement.between, found.text)
        for found in own
        if _differs(found, in_force.get(found.agreement.id))
    ]
    return ended + begun


def expected(in_force: Mapping[str, Activation], loaded: Sequence[Loaded]) -> dict[str, Activation]:
    """What will be in force once the steps are sealed; until then it bounds what is given."""
    return {
        found.agreement.id: known
        if (known := in_force.get(found.agreement.id)) and not _differs(found, known)
        else _unsealed(found)
        for found in loaded
    }


def _unsealed(found: Loaded) -> Activation:
    agreement = found.agreement
    return Activation(-1, "", 0, agreement.id, agreement.between, b"", agreement)


def _differs(found: Loaded, known: Activation | None) -> bool:
    return known is None or known.text_sha256 != sha256(found.text.encode()).digest()


def read(index: int, leaf: bytes, disclosures: Sequence[bytes], sealed_us: int) -> Activation:
    """An activation from its entry. What can't be read gives nothing. Raises SealError."""
    draft = as_draft(open_entry(leaf, disclosures))
    return of(index, draft.header.message_id, draft.agreement_activation, sealed_us)


def of(index: int, message_id: str, body: AgreementActivation, sealed_us: int) -> Activation:
    """An activation from its message."""
    agreement, problem = None, ""
    if body.step == ACTIVATED:
        try:
            agreement = _agreement(body)
        except AgreementError as error:
            problem = str(error)
    return Activation(
        index,
        message_id,
        sealed_us,
        body.agreement_id,
        tuple(body.between),
        body.text_sha256,
        agreement,
        problem,
    )


def _agreement(body: AgreementActivation) -> Agreement:
    if sha256(body.text.encode()).digest() != body.text_sha256:
        raise AgreementError(f"{body.agreement_id}: the text is not here, or is not the one named")
    return parse(body.text, body.agreement_id)


def in_force(activations: Iterable[Activation]) -> dict[str, Activation]:
    """Agreement id → the activation that brought it, for those that were not withdrawn since."""
    found: dict[str, Activation] = {}
    for activation in activations:
        if activation.withdrawn:
            found.pop(activation.agreement_id, None)
        else:
            found[activation.agreement_id] = activation
    return found
