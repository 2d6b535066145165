"""A family of slips in the Jacobians of softmax, ∂oⱼ/∂zₖ = oⱼ(δⱼₖ − oₖ), and of its logarithm."""

from collections.abc import Callable, Iterator

from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.findings import Finding, Hypothesis
from microgradx.explain.diagnosis.pieces.composed import Shifted, shifted_sums
from microgradx.explain.diagnosis.slips.wording import with_sign
from microgradx.explain.notation import natural
from microgradx.explain.words import called
from microgradx.writing import listed

# Of oⱼ, zⱼ′, Σₖ zₖ′ and Σₖ oₖzₖ′: what oⱼ′/oⱼ = zⱼ′ − Σₖ oₖzₖ′ is taken for.
Wrong = Callable[[float, float, float, float], float]


def of_softmax(ev: Evidence) -> Iterator[Hypothesis]:
    """Its sum was taken as a constant, or what that divides in the output; no output by another's
    logit was counted, or each as that by its own."""
    for one in shifted_sums(ev):
        members = [*one.outputs, *one.logarithms]
        if not members:
            continue
        names = listed(sorted((called(ev.tape, o) for o in members), key=natural))
        each = f"Of {names} each" if len(members) > 1 else names
        missing = "the paths to the other logits are missing."
        slips: tuple[tuple[float, str, str, Wrong], ...] = (
            (2.0, "missing path",
             f"The sum of the exponentials in {names} was taken as a constant: {missing}",
             lambda o, own, *_: own),
            (2.0, "missing path",
             f"{each} was differentiated with respect to its own logit only: {missing}",
             lambda o, own, *_: (1.0 - o) * own),
            (2.1, "wrong local derivative",
             f"{each} was differentiated with respect to every logit as to its own.",
             lambda o, _, every, mean: (1.0 - o) * every),
            (2.2, "missing path",
             f"The numerator of {names} was taken as a constant: the path to its own logit is "
             "missing.",
             lambda o, own, every, mean: -mean),
        )  # fmt: skip
        for cost, kind, sentence, wrong in slips if ev.output in one.outputs else slips[:3]:

            def predict(k: int, one=one, wrong=wrong) -> float:
                return ev.true[k] + difference(ev, one, wrong, k)

            finding = Finding(kind, sentence, names)
            yield from with_sign(ev, Hypothesis(cost, (finding,), predict))


def difference(ev: Evidence, one: Shifted, wrong: Wrong, k: int) -> float:
    """By how much a derivative changes at the k-th point, if something else stands where
    oⱼ·(zⱼ′ − Σₖ oₖ·zₖ′) belongs."""
    p = one.probabilities(ev.points[k].values)
    bar, dot = ev.adjoints(k), ev.tangents(k)
    mean, every = sum(p[z] * dot[z] for z in p), sum(dot[z] for z in p)

    def changes(z: int) -> float:
        return wrong(p[z], dot[z], every, mean) - dot[z] + mean

    changed = sum(bar[o] * p[z] * changes(z) for o, z in one.outputs.items())
    return changed + sum(bar[o] * changes(z) for o, z in one.logarithms.items())
