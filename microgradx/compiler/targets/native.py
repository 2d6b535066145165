"""C source to machine code: compiled by the system's compiler, kept on disk by its content."""

import ctypes
import hashlib
import math
import os
import shlex
import shutil
import stat
import subprocess
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from microgradx.primitives import PRIMITIVES

PRELUDE = Path(__file__).with_name("prelude.c").read_text("utf-8")  # what all C begins with
# Exactly as written: a product and a sum are two roundings, as in Python, unless told otherwise.
EXACT, CONTRACTED = "-ffp-contract=off", "-ffp-contract=fast"
MOST_KEPT = 1000  # libraries in the cache, some 20 kB each
FLAGS = "-O1", "-march=native", "-fno-math-errno", "-fPIC", "-shared", "-w"
# Where an operand is known, gcc would compute these itself, in other last places than the library;
# a root is the same everywhere.
ROUNDED = [name for name in PRIMITIVES if hasattr(math, name) and name != "sqrt"]
GCC_FLAGS = (
    # It clears vectors before a call; without it exp would take three times as long.
    "-fexpensive-optimizations",
    # A third of the time, for the same code but for 2 %; a program has no dead stores.
    *("--param=max-combine-insns=2", "-fno-dse", "-fno-tree-dse"),
)


@lru_cache(256)
def library(source: str, exact: bool = True) -> ctypes.CDLL:
    """The library that some C source makes.

    Raises:
        RuntimeError: If there is no compiler, or it fails.
    """
    called = [f"-fno-builtin-{name}" for name in ROUNDED]
    command = [*compiler(), *FLAGS, *called, EXACT if exact else CONTRACTED]
    known = "\0".join([source, *command, *GCC_FLAGS, machine()])
    name = hashlib.sha256(known.encode()).hexdigest()
    folder = private_cache()
    if folder is None:
        # Loaded, a library needs its file no longer.
        with tempfile.TemporaryDirectory() as temporary:
            return load(build(source, command, Path(temporary), name))
    path = folder / f"{name}.so"
    if belongs_to_user(path):
        with suppress(OSError):  # where the cache can only be read
            path.touch()  # it was used last
        return load(path)
    made = build(source, command, folder, name)
    prune(folder)
    return load(made)


def compiler() -> list[str]:
    """How the C compiler is called: `$CC`, with options of its own if it has some, or `cc`."""
    name, *options = shlex.split(os.environ.get("CC", "")) or ["cc"]
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(
            f"target='c' needs a C compiler, and there is no {name!r} on the path: install one "
            "(gcc, clang) or name it in CC; target='python' and target='numpy' need none"
        )
    return [found, *options]


@lru_cache(8)
def flags_of_gcc(command: tuple[str, ...]) -> tuple[str, ...]:
    """What gcc is told besides, if the compiler takes it: clang refuses to."""
    trial = [*command, *GCC_FLAGS, "-E", "-x", "c", os.devnull]
    taken = subprocess.run(trial, capture_output=True, check=False).returncode == 0
    return GCC_FLAGS if taken else ()


@lru_cache(1)
def machine() -> str:
    """What machine code depends on: a cache may be shared by several machines."""
    info = Path("/proc/cpuinfo")
    flags = [x for x in info.read_text().splitlines() if x[:5] == "flags"] if info.exists() else []
    return f"{os.uname().machine} {flags[:1]}"


def private_cache() -> Path | None:
    """A folder that nobody but the user can write to; None if there is none."""
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(base) / "microgradx"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # the latter where a user has no home
        return None
    return folder if belongs_to_user(folder) else None


def belongs_to_user(path: Path) -> bool:
    """Whether a file or folder exists, is the user's, and is written by nobody else."""
    try:
        status = path.lstat()
    except OSError:
        return False
    own = status.st_uid == os.getuid() and not stat.S_ISLNK(status.st_mode)
    return own and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def build(source: str, command: list[str], folder: Path, name: str) -> Path:
    """Compile, in a folder of its own; then move the library, whole, to its place."""
    with tempfile.TemporaryDirectory(dir=folder) as private:
        text, made = Path(private, "program.c"), Path(private, "program.so")
        text.write_text(source, encoding="utf-8")
        arguments = [*command, *flags_of_gcc(tuple(command)), str(text), "-o", str(made), "-lm"]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        if done.returncode or not made.exists():
            said = done.stderr[-2000:] or "it made no library"
            raise RuntimeError(f"the C compiler failed: {' '.join(command)}\n{said}")
        return made.replace(folder / f"{name}.so")


def prune(folder: Path) -> None:
    """Remove the libraries that were used longest ago, so that no more than MOST_KEPT stay."""
    with suppress(OSError):  # other processes do so too
        known = sorted(folder.glob("*.so"), key=lambda path: path.stat().st_mtime)
        for path in known[:-MOST_KEPT]:
            path.unlink()


def load(path: Path) -> ctypes.CDLL:
    return ctypes.CDLL(str(path))
