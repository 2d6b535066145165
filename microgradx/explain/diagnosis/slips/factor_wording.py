"""The sentences of findings about factors: lost, added, exchanged or upside down."""

import math
import re
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import product

from microgradx.explain.diagnosis.evidence.constants import close, formula
from microgradx.explain.diagnosis.evidence.evidence import Evidence
from microgradx.explain.diagnosis.findings import Finding
from microgradx.explain.diagnosis.pieces.candidates import Candidate, negated
from microgradx.explain.diagnosis.pieces.multipliers import Chosen
from microgradx.explain.diagnosis.pieces.parts import Part
from microgradx.explain.diagnosis.pieces.places import part_of, slope_name
from microgradx.explain.diagnosis.slips.as_written import (
    divides_by_it,
    is_written,
    written_below,
)
from microgradx.explain.diagnosis.slips.wording import capital, scaled
from microgradx.explain.notation import atom
from microgradx.explain.reach import divided_by, rows_under
from microgradx.explain.words import called
from microgradx.primitives import PRIMITIVES

Told = tuple[str, str, str]  # of a finding: its kind, sentence and what it is about


def changed(ev: Evidence, factors: Chosen, c: float, part: Part | None) -> tuple[Finding, ...]:
    """Findings for factors lost, added, exchanged or upside down, in a part or in the whole."""
    where = f"In {part.name}: " if part else ""
    lost = [(f, n) for f, n in factors if n < 0]
    added = [(f, n) for f, n in factors if n > 0]
    pair = len(lost) == len(added) == 1 and lost[0][1] + added[0][1] == 0
    if pair and not part and (both := lost_together(ev, lost[0][0], *added[0])):
        told = [both]
    elif pair:
        told, c = in_its_place(ev, lost[0][0], *added[0], c)
    else:
        told, c = one_by_one(ev, factors, c, part is None)
    findings = (Finding(kind, capital(where + sentence), about) for kind, sentence, about in told)
    return (*findings, *scaled(ev, c, part))


def in_its_place(
    ev: Evidence, old: Candidate, new: Candidate, n: int, c: float
) -> tuple[list[Told], float]:
    """What is said where the claim has a factor n times more in the place of another, and which
    constant is left."""
    if between := inside(ev, old, new):
        return [*stopped_early(ev, old, new, *between)], c
    if is_lost_with(ev, old, new, n):
        upper, lower = (atom(f.plain) for f in (old, new))
        about = f"{upper}/{lower}; {all_names(old)}; {all_names(new)}"
        return [("missing factor", f"the factor {upper}/{lower} is missing.", about)], c
    turned = c < 0.0 and (old.row is None or new.row is None)
    opposite = turned and all(new.at(k) * old.at(k) < 0.0 for k in ev.few)
    c, minus = (-c, "−") if opposite else (c, "")
    itself = any(v == new.row and is_function(ev, v) for v, _ in old.edges)
    kind = "wrong local derivative" if itself else "swapped factor"
    signed = partial(negated, positive=new.at(0) < 0.0) if minus else str
    stands = " = ".join(map(signed, new.name.split(" = ")))
    about = f"{minus}{all_names(new)} for {all_names(old)}"
    absent = new.divides or not is_written(ev, new)
    if absent and written_below(ev, old) and not written_below(ev, new):
        stands, belongs = f"1/{atom(old.name)}", f"1/{atom(stands)}"
        about = f"{stands} for {belongs}"
    else:
        square = "the square of " if n == 2 else ""
        stands, belongs = square + bare(stands), square + bare(old.name)
    return [(kind, f"{stands} stands where {belongs} belongs.", about)], c


def one_by_one(ev: Evidence, factors: Chosen, c: float, whole: bool) -> tuple[list[Told], float]:
    """What is said of each of some factors, and which constant is left."""
    told = [altered(ev, f, n, whole) for f, n in factors]
    kinds = [kind for kind, *_ in told]
    if sorted(kinds) == ["extra factor", "missing factor"] and {n for _, n in factors} == {-1}:
        new = told[kinds.index("extra factor")][2]
        old = factors[kinds.index("missing factor")][0]
        about = f"{new} for {all_names(old)}"
        return [("swapped factor", f"{new} stands where {old.name} belongs.", about)], c
    if kinds == ["inverted factor"]:
        own = constants_in(ev, factors[0][0])
        if any(close(c, x * x) or close(c * x * x, 1.0) for x in own):
            c = 1.0  # upside down but for its own constant
    found: list[Told] = []
    for (f, n), one in zip(factors, told, strict=True):
        found.append(one)
        minus = n == -1 and any(name.startswith("−") for name in f.negated_names)
        if minus and not is_of_one_rule(ev, f):
            sentence = f"the minus of {f.name} is lost with it, so the sign is wrong too."
            found.append(("sign", sentence, all_names(f)))
    return found, c


def is_of_one_rule(ev: Evidence, f: Candidate) -> bool:
    """Whether a factor is a local derivative: its minus is of the same rule, and lost with it."""
    return any((v, u) in f.edges for v, _, u in ev.edges)


def lost_together(ev: Evidence, old: Candidate, new: Candidate, n: int) -> Told | None:
    """What is said where 1/a seems to stand in the place of b, but every path has a or b, and not
    every path b: that both are lost, as 1/(x·(1 − x)) is from what has 1/x and 1/(1 − x)."""
    of_old, of_new = ({v for v, _ in edges} for edges in (old.edges, new.inverse_edges))
    if n != 1 or not (of_old and of_new) or is_cut(ev, of_old) or not is_cut(ev, of_old | of_new):
        return None
    below = [one.plain for one in (new, *old.inverses[:1])]
    product = "·".join(map(atom, below))
    name = f"1/({product})" if old.inverses else f"{atom(old.plain)}/{product}"
    return "missing factor", f"the factor {name} is missing.", f"{name}; {all_names(old)}"


def bare(name: str) -> str:
    """A name without the brackets in which all of it, or all behind an equals sign, stands."""
    return re.sub(r"(^|(?<= = ))\(([^()]*)\)$", r"\2", name)


def is_lost_with(ev: Evidence, old: Candidate, new: Candidate, n: int) -> bool:
    """Whether what seems to stand in the place of a factor is nowhere in the claim, but should
    divide: so both are lost."""
    divides = new.divides == n == 1 and not (new.edges or new.inverse_edges)
    nowhere = bool(ev.claimed_by) and new.row not in ev.written
    return divides and nowhere and not written_below(ev, old)


def constants_in(ev: Evidence, f: Candidate) -> set[float]:
    """The constants from which a factor ∂v/∂u is computed between v and u."""
    rows = {i for v, u in f.edges for i in rows_under(ev.tape, v) - rows_under(ev.tape, u)}
    return {ev.value(i, 0) for i in rows if ev.tape[i].op == "constant"}


def is_function(ev: Evidence, v: int) -> bool:
    """Whether a row is a function of one operand, as sin x, and no sign as −x."""
    primitive = PRIMITIVES.get(ev.tape[v].op)  # none made a leaf
    return primitive is not None and primitive.operands == ("x",) and not primitive.sign


def inside(ev: Evidence, old: Candidate, new: Candidate) -> tuple[int, int] | None:
    """(v, w), if ∂w/∂u stands where all of ∂v/∂u belongs, and w lies between v and u; or (w, u), if
    ∂v/∂w stands there."""
    whole = [(v, u) for v, u in old.edges if close(ev.tangents(0, u)[v], old.at(0))]
    pairs = product(whole, new.edges)
    ends = (
        (v, top) if u == low else (low, u) if v == top else (0, 0) for (v, u), (top, low) in pairs
    )
    return next(((a, b) for a, b in ends if a > b and ev.tangents(0, b)[a]), None)


def stopped_early(ev: Evidence, old: Candidate, new: Candidate, a: int, b: int) -> Iterator[Told]:
    """What is said where a part of a derivative is in its place: the factor ∂a/∂b is lost, or other
    paths, or both."""
    lost = [ev.tangents(k, b)[a] for k in ev.few]
    if not all(close(x, 1.0) for x in lost):
        name = slope_name(ev, a, b)
        yield "missing factor", f"the factor {name} is missing.", name
    if not all(close(x * new.at(k), old.at(k)) for k, x in zip(ev.few, lost, strict=True)):
        below = any(u == b for _, u in old.edges)
        kept = f"the paths through {called(ev.tape, a)} are" if below else f"{new.in_full()} is"
        sentence = f"of {old.in_full()} only {kept} counted."
        yield "missing path", sentence, f"{all_names(old)}; {all_names(new)}"


def altered(ev: Evidence, f: Candidate, n: int, whole: bool = True) -> Told:
    """What is said of one factor that the claim, or a part of it, has n times more."""
    inverse, plain = f.inverse_name, f.plain
    if n == -2 and in_a_row(ev, f) > 1:
        return "missing factor", f"the factor {f.name} is missing twice.", all_names(f)
    if n == -2 and (turned := upside_down(ev, f)):
        return "inverted factor", f"{turned} stands where {f.name} belongs.", all_names(f)
    if whole and (below := squared_below(ev, f, n)):
        return "missing factor", f"the factor 1/{below}^2 is missing.", f"1/{below}^2"
    if n == -2 and f.edges and divides_by_it(ev, f):
        return "inverted factor", f"{f.name} divides, and should multiply.", all_names(f)
    if n == 2 and f.inverse_edges:
        sentence = f"{inverse} = 1/{atom(plain)} is upside down: {plain} should divide."
        return "inverted factor", sentence, inverse
    if n == 2 and f.divides == 1:
        return "inverted factor", f"{f.name} multiplies, and should divide.", all_names(f)
    square = "the square of " if abs(n) == 2 else ""
    power = "^2" if square else ""
    below, too_much = written_below(ev, f), written_below(ev, f, alone=True)
    if f.divides or f.inverse_edges:  # the derivative divides by it too, but for the slip
        too_much = whole and (below or not ev.claimed_by)  # of a function of numbers, who knows
    if n < 0 and too_much and not (f.edges or by_itself(ev, f)):
        names = [*([] if power else f.inverse_names[:1]), f"1/{atom(plain)}{power}"]
        name = " = ".join(names)
        return "extra factor", f"there is an extra factor {name}.", name
    if n == 1 and whole and divided_again(ev, f):
        return "extra factor", f"there is an extra factor {f.name}.", all_names(f)
    if whole and (name := added_to_all(ev, f, n)):
        return "extra factor", f"there is an extra factor {name}.", name
    if n < 0:
        all_of_it = not whole or not f.inverses or is_cut_by(ev, f.edges)
        name = f.name if all_of_it else f.in_full(slope=False)
        return "missing factor", f"{square}the factor {name} is missing.", all_names(f)
    if inverse and not (whole and f.divided and not is_cut_by(ev, f.inverse_edges)):
        name = f"{inverse} = 1/{atom(plain)}" if f.value_names else inverse
        return "missing factor", f"{square}the factor {name} is missing.", name
    forgotten = whole and not is_written(ev, f) and f.row in divided_by(ev.tape, ev.under)
    if (f.divides and not f.edges) or forgotten:
        how = f"{' once more' if below else ', and does not'}{divided_in(ev, f)}"
        return "missing factor", f"{plain}{power} should divide{how}.", all_names(f)
    if square:
        return "extra factor", f"there are two extra factors {f.name}.", all_names(f)
    return "extra factor", f"there is an extra factor {f.name}.", all_names(f)


def squared_below(ev: Evidence, f: Candidate, n: int) -> str:
    """By the square of what the rule of quotients divides all of a derivative, if the claim is
    multiplied by that: below a quotient, both of whose operands move."""
    for v, u in {-2: f.edges, 2: f.inverse_edges}.get(n, ()):
        op, operands = ev.tape[v].op, ev.tape[v].operands
        if op == "div" and operands[0] == u and v in ev.necks and ev.moving.issuperset(operands):
            return atom(called(ev.tape, operands[1]))
    return ""


def divided_again(ev: Evidence, f: Candidate) -> bool:
    """Whether a factor is that of a division which the claim, an expression, has once more."""
    below = [one for one in f.inverses if written_below(ev, one)]
    divides = bool(f.edges and below) and not f.inverse_edges
    return divides and not any(by_itself(ev, one) for one in below)


def divided_in(ev: Evidence, f: Candidate) -> str:
    """Where in the graph something is divided by a factor, in words, if that is in one place."""
    rows = {i for v, _ in f.divided for i in (v, *ev.tape[v].operands) if ev.tape[i].op == "div"}
    places = {
        (part_of(ev, i) if i in ev.moving else "") or called(ev.tape, i)
        for i in rows
        if f.row in rows_under(ev.tape, ev.tape[i].operands[1])
    }
    whole = called(ev.tape, ev.output)
    return f", in {places.pop()}" if len(places) == 1 and whole not in places else ""


def upside_down(ev: Evidence, f: Candidate) -> str:
    """The function in the claim that is 1 divided by a factor, as exp(s) is for exp(−s)."""
    for i in sorted(ev.claimed_by - ev.under):
        if is_function(ev, i) and all(close(ev.value(i, k) * f.at(k), 1.0) for k in ev.few):
            return called(ev.tape, i)
    return ""


def by_itself(ev: Evidence, f: Candidate) -> bool:
    """Whether the derivative of a node has the node as a factor, as that of exp x."""
    return any("z" in formula(ev, edge) for edge in ev.edges if edge[0] == f.row)


def added_to_all(ev: Evidence, f: Candidate, n: int) -> str:
    """What a claim is multiplied by that has f n times more, if not every path has the factor that
    would otherwise be lost."""
    below = f.inverses if n < 0 else [f]
    lost = [*(f.edges if n < 0 else f.inverse_edges), *(e for one in below for e in one.divided)]
    if (n > 0 and not lost) or is_cut_by(ev, lost):
        return ""
    new = {1: [f], -1: f.inverses}.get(n, [])
    return next((name for one in new for name in one.value_names), "")


def is_cut_by(ev: Evidence, edges: Iterable[tuple[int, int]]) -> bool:
    """Whether every path leads through v, for one of some (v, u)."""
    return is_cut(ev, {v for v, _ in edges})


def is_cut(ev: Evidence, rows: Collection[int]) -> bool:
    """Whether every path leads through one of some rows."""
    reached = {ev.output}
    for v, _, u in reversed(ev.edges):
        if v in reached and v not in rows:
            reached.add(u)
    return ev.wrt not in reached


def in_a_row(ev: Evidence, f: Candidate) -> int:
    """How many times every path has the factor, one after the other."""
    count, low = 0, math.inf
    for v, u in sorted(f.edges, key=lambda edge: -edge[1]):
        if v <= low and v in ev.necks and (u in ev.necks or u == ev.wrt):
            count, low = count + 1, u
    return count


def all_names(f: Candidate) -> str:
    """All that a factor is called, shortest first."""
    names = [*sorted(f.names, key=len)[:6], *(f"1/{atom(name)}" for name in f.inverse_names[:2])]
    return " = ".join(names)
