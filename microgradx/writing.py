"""How numbers, labels and many things are written."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
ALL = 17  # digits that tell every float from all others
TYPED = 8  # digits of a number that somebody may have typed
KNOWN = 20  # names that an error lists
LONG = 8  # nodes of a path, or factors, that are printed
POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def shown(x: float, digits: int = 5) -> str:
    """A number to some significant digits, most often five, with a true minus sign.

    >>> shown(-4 / 3), shown(0.25), shown(1e-12)
    ('−1.3333', '0.25', '1e−12')
    """
    text = f"{x + 0.0:.{digits}g}" if digits < ALL else repr(x + 0.0).removesuffix(".0")
    return text.replace("-", "−")


def as_typed(x: float) -> str:
    """A constant: all of its digits if they are few, as of a number that was typed.

    >>> as_typed(2023.96), as_typed(1 / 3)
    ('2023.96', '0.33333')
    """
    return shown(x, TYPED) if float(f"{x:.{TYPED}g}") == x else shown(x)


def printable(label: str) -> str:
    """A label as it can be shown within a line, with an escape for a line break and the like.

    >>> print(printable("o₁"), printable("two\\nlines"))
    o₁ two\\nlines
    """
    return label if label.isprintable() else repr(label)[1:-1]


def joined(items: list[str]) -> str:
    """Items as a sentence has them.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    *before, end = items
    return f"{', '.join(before)} and {end}" if before else end


def listed(items: Sequence[T], most: int = 4, name: Callable[[T], str] = str) -> str:
    """Items as a sentence has them: of many, the first ones and how many more there are.

    >>> listed(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = len(items) - most + 1
    names = [*map(name, items if more < 2 else items[: most - 1])]
    return joined(names if more < 2 else [*names, f"{more} more"])


def clipped(separator: str, parts: Iterable[str]) -> str:
    """Parts joined; of many, the first and the last.

    >>> clipped("→", "abcdefghijkl")
    'a→b→c→d→… 4 more …→i→j→k→l'
    """
    some = list(parts)
    if len(some) > LONG + 1:
        some[LONG // 2 : -(LONG // 2)] = [f"… {len(some) - LONG} more …"]
    return separator.join(some)


def counted(n: int) -> str:
    """A count as it is printed: to three digits where it has many.

    >>> counted(12), counted(10**500 + 1)
    ('12', 'about 1.00·10⁵⁰⁰')
    """
    if n < 10**15:
        return str(n)
    exponent = int(math.log10(n))  # math.log10 takes an int of any size
    digits = n // 10 ** (exponent - 3)
    text = f"{digits / 1000:.2f}"
    if text == "10.00":
        exponent, text = exponent + 1, "1.00"
    return f"about {text}·10{str(exponent).translate(POWERS)}"
