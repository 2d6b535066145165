"""`python -m microgradx`: the story of a wrong derivation, then a model trained on real data."""

import argparse
import io
import os
import sys

from microgradx import __version__
from microgradx.story import tell
from microgradx.training import train


def whole(text: str) -> int:
    """The number that an argument says; argparse shows what the error says."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"it is a whole number, not {text!r}") from None


def positive(text: str) -> int:
    """A whole number of at least 1."""
    n = whole(text)
    if n < 1:
        raise argparse.ArgumentTypeError(f"it is at least 1, not {text}")
    return n


def main(argv: list[str] | None = None) -> int:
    """Run the command with these arguments; 0 if all went well."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["step"]:
        from microgradx.explain.stepper import main as step

        return step(argv[1:])
    parser = argparse.ArgumentParser(
        prog="python -m microgradx",
        description="Shows where a well-known derivation of the softmax and cross-entropy gradient "
        "goes wrong, path by path; then trains softmax regression on Fisher's irises.",
        epilog="To step through a graph of your own: %(prog)s step FILE.py:NAME",
    )
    seed, steps = "the seed that splits the rows", "the steps of gradient descent"
    parser.add_argument("--seed", type=whole, default=1, help=f"{seed} (default: 1)")
    parser.add_argument("--steps", type=positive, default=60, help=f"{steps} (default: 60)")
    parser.add_argument("--version", action="version", version=f"microgradx {__version__}")
    options = parser.parse_args(argv)
    tell()
    train(options.seed, options.steps)
    return 0


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # where a terminal has no ∂
    try:
        status = main()
        sys.stdout.flush()  # here, where a closed pipe is expected, and not as Python ends
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 141
    sys.exit(status)
