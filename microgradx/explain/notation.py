"""How derivations are written: names, derivatives and numbers, as text and in LaTeX."""

import re

from microgradx.explain.words import SUBSCRIPTS, shown

PLAIN = str.maketrans({subscript: digit for digit, subscript in zip("0123456789", "₀₁₂₃₄₅₆₇₈₉")})
GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
        "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi "
        "Omega".split(),
        strict=True,
    )
)
ESCAPES = str.maketrans(
    {
        **{c: rf"\{c}" for c in "{}$&%#_"},
        **{"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"},
    }
)
# A name with its indices: o, o1, o₁, w_21, w[1][2].
INDEXED = re.compile(r"([^\W\d_]+)_?(\d*)((?:\[\d+\])*)")
