"""How explanations write numbers and names."""

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def shown(x: float, digits: int = 5) -> str:
    """A number to five significant digits, with a true minus sign.

    >>> shown(-4 / 3), shown(0.25), shown(1e-12)
    ('−1.3333', '0.25', '1e−12')
    """
    return f"{x:.{digits}g}".replace("-", "−")


def joined(items: list[str], last: str = "and") -> str:
    """Items as a sentence has them.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    *before, end = items
    return f"{', '.join(before)} {last} {end}" if before else end
