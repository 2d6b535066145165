"""How derivations are written: names, derivatives and numbers, as text and in LaTeX."""

import re

from microgradx.explain.words import shown

PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ"
SPELLED = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
GREEK = {letter: "\\" + name for letter, name in zip(LETTERS, SPELLED.split(), strict=True)}
ESCAPES = str.maketrans(
    {
        **{c: "\\" + c for c in "{}$&%#_"},
        **{"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"},
    }
)
# A name with its indices: o, o1, w_21, w[1][2].
INDEXED = re.compile(r"([^\W\d_]+)_?(\d*)((?:\[\d+\])*)")
# What stands for itself in a product: w[1][2], net['z'], f(a + b), but not a + b.
ATOM = re.compile(r"[\w.\[\]'\"′]+(\([^()]*\))?")


def atom(label: str) -> str:
    """A label as it stands in a formula: in parentheses if it looks like one itself.

    >>> atom("w[1][2]"), atom("a + b")
    ('w[1][2]', '(a + b)')
    """
    return label if ATOM.fullmatch(label) else f"({label})"


def derivative(v: str, u: str) -> str:
    """The derivative of v by u, by their labels: ∂v/∂u."""
    return f"∂{atom(v)}/∂{atom(u)}"


def natural(label: str) -> list[tuple[int, str]]:
    """What to sort a label by, so that o₂ comes before o₁₀."""
    parts = re.split(r"(\d+)", label.translate(PLAIN))
    return [(int(part) if part.isdecimal() else -1, part) for part in parts]


def stem(label: str) -> str:
    """A label without its last index: what the members of a list have in common."""
    return re.sub(r"(\[[^\[\]]*\]|[\d₀-₉]+|_\w+)$", "", label) or label


def latex_label(label: str) -> str:
    r"""A label in LaTeX's mathematics; one that is no name with indices becomes escaped text.

    >>> print(latex_label("w[1][2]"), latex_label("o₁"), latex_label("loss"), latex_label("50%"))
    w_{1,2} o_{1} \mathrm{loss} \text{50\%}
    """
    found = INDEXED.fullmatch(label.translate(PLAIN))
    if not found:
        printable = "".join(c if c.isprintable() else " " for c in label)
        return rf"\text{{{printable.translate(ESCAPES)}}}"
    name, digits, brackets = found.groups()
    if not name.isascii() and name not in GREEK:
        name = rf"\text{{{name}}}"
    elif len(name) > 1:
        name = rf"\mathrm{{{name}}}"
    indices = [digits] * bool(digits) + re.findall(r"\d+", brackets)
    return GREEK.get(name, name) + (f"_{{{','.join(indices)}}}" if indices else "")


def latex_derivative(v: str, u: str) -> str:
    r"""The derivative of v by u, by their labels, in LaTeX.

    >>> print(latex_derivative("L", "w₂₁"))
    \frac{\partial L}{\partial w_{21}}
    """
    return rf"\frac{{\partial {latex_label(v)}}}{{\partial {latex_label(u)}}}"


def latex_number(x: float) -> str:
    r"""A number to five digits in LaTeX.

    >>> print(latex_number(-0.25), latex_number(1e-12))
    -0.25 1 \cdot 10^{-12}
    """
    mantissa, _, exponent = shown(x).replace("−", "-").partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
