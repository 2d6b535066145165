"""How derivations are written: names, derivatives and numbers, as text and in LaTeX."""

import re
from unicodedata import normalize

from microgradx.writing import shown

SUBSCRIPTS, DIGITS = "₀₁₂₃₄₅₆₇₈₉", "0123456789"
PLAIN, LOWERED = str.maketrans(SUBSCRIPTS, DIGITS), str.maketrans(DIGITS, SUBSCRIPTS)
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
ACCENTS = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot", "\u20d7": "vec",
}  # fmt: skip
MARKS = "".join(ACCENTS)
# A name with its indices: o, o1, w_21, w_ij, h1_2, w[1][2], x̂, o′.
INDEXED = re.compile(
    rf"([^\W\d_]+)([{MARKS}]?)([′']*)_?(\d*)((?:_(?:\d+|[^\W\d_]+))*)((?:\[\d+\])*)"
)
# What stands for itself in a product: w[1][2], net['a:b'], h#4, f(a + b)₁, (a + b), not a + b.
ATOM = re.compile(
    rf"([\w.#'\"′{MARKS}]|\[[^\[\]]*\])+(\([^()]*\)([₀-₉]|\[\d+\])*)?|\(([^()]|\([^()]*\))*\)"
)


def atom(label: str) -> str:
    """A label as it stands in a formula: in parentheses if it looks like one itself.

    >>> atom("w[1][2]"), atom("a + b"), atom("(1 − f(x))")
    ('w[1][2]', '(a + b)', '(1 − f(x))')
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
    >>> print(latex_label("ŷ"), latex_label("w_ij"), latex_label("h1_2"), latex_label("o′"))
    \hat{y} w_{ij} h_{1,2} o'
    """
    found = INDEXED.fullmatch(normalize("NFD", label.translate(PLAIN)))
    if not found:
        printable = "".join(c if c.isprintable() else " " for c in label)
        return rf"\text{{{printable.translate(ESCAPES)}}}"
    name, accent, primes, digits, words, brackets = found.groups()
    text = latex_name(name)
    if accent:
        text = rf"\{ACCENTS[accent]}{{{text}}}"
    indices = [digits] * bool(digits) + words.split("_")[1:] + re.findall(r"\d+", brackets)
    return text + "'" * len(primes) + (f"_{{{','.join(indices)}}}" if indices else "")


def latex_atom(label: str) -> str:
    r"""A label as it stands in a formula in LaTeX: in parentheses where `atom` has them.

    >>> print(latex_atom("o₁"), latex_atom("a+b"))
    o_{1} \left(\text{a+b}\right)
    """
    latex = latex_label(label)
    return latex if atom(label) == label else rf"\left({latex}\right)"


def latex_name(name: str) -> str:
    """A name without indices: a letter, a Greek one, or a word."""
    if not name.isascii():
        return GREEK.get(name, rf"\text{{{name}}}")
    return rf"\mathrm{{{name}}}" if len(name) > 1 else name


def latex_derivative(v: str, u: str) -> str:
    r"""The derivative of v by u, by their labels, in LaTeX.

    >>> print(latex_derivative("L", "w₂₁"))
    \frac{\partial L}{\partial w_{21}}
    """
    return rf"\frac{{\partial {latex_atom(v)}}}{{\partial {latex_atom(u)}}}"


def latex_number(x: float) -> str:
    r"""A number to five digits in LaTeX.

    >>> print(latex_number(-0.25), latex_number(1e-12))
    -0.25 1 \cdot 10^{-12}
    """
    mantissa, _, exponent = shown(x).replace("−", "-").partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def latex_product(factors: list[str]) -> str:
    """Factors in LaTeX as a product; one that is a sum or has a sign stands in parentheses."""
    if len(factors) == 1:
        return factors[0]
    return r" \cdot ".join(rf"\left({x}\right)" if is_sum(x) else x for x in factors) or "1"


def latex_sum(terms: list[str]) -> str:
    r"""Terms in LaTeX as a sum, each on a line; a sign of its own follows no plus.

    >>> print(latex_sum(["-a", "-b"]))
    -a \\ &\quad + \left(-b\right)
    """
    later = [rf"\left({x}\right)" if x.startswith("-") else x for x in terms[1:]]
    return r" \\ &\quad + ".join([*terms[:1], *later]) or "0"


def is_sum(text: str) -> bool:
    """Whether a + or − stands outside all braces and parentheses."""
    inner = text.replace(r"\left(", "{").replace(r"\right)", "}")
    depth = 0
    for c in re.sub(r"\\.", "", inner):
        depth += (c == "{") - (c == "}")
        if c in "+-" and not depth:
            return True
    return False
