"""A family of slips in the Jacobian of softmax, ∂oⱼ/∂zₖ = oⱼ(δⱼₖ − oₖ)."""

from collections.abc import Iterator

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.composed import Shifted, shifted_sums
from microgradx.explain.diagnosis.slips.wording import with_sign
from microgradx.explain.notation import natural
from microgradx.explain.words import called, listed, plural


def of_softmax(ev: Evidence) -> Iterator[Hypothesis]:
    """Its sum was taken as a constant, or no output by another's logit was counted."""
    for one in shifted_sums(ev):
        if not one.outputs:
            continue
        names = listed(sorted((called(ev.tape, o) for o in one.outputs), key=natural))
        _, verb = plural(len(one.outputs))
        each = f"Of {names} each" if len(one.outputs) > 1 else names
        for diagonal, text in (
            (False, f"The sum by which {names} {verb} divided was taken as a constant"),
            (True, f"{each} was derived by its own logit only"),
        ):

            def predict(k: int, one=one, diagonal=diagonal) -> float:
                return ev.true[k] + difference(ev, one, diagonal, k)

            sentence = f"{text}: the paths to the other logits are missing."
            alone = Hypothesis(2.0, (Finding("missing path", sentence, names),), predict)
            yield from with_sign(ev, alone)


def difference(ev: Evidence, one: Shifted, diagonal: bool, k: int) -> float:
    """By how much a derivative changes at the k-th point, if oⱼ·zⱼ′, times 1 − oⱼ where it is the
    `diagonal`, stands where oⱼ·(zⱼ′ − Σₖ oₖ·zₖ′) belongs."""
    p = one.probabilities(ev.points[k].values)
    bar, dot = ev.adjoints(k), ev.tangents(k)
    mean = sum(p[z] * dot[z] for z in p)
    return sum(
        bar[o] * p[z] * (mean - (p[z] * dot[z] if diagonal else 0.0))
        for o, z in one.outputs.items()
    )
