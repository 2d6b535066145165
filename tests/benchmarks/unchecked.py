"""What would be gained by letting nan and inf pass: a copy of the package that does not look."""

import importlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import microgradx

CHECK = "z - z == 0.0"


def unchecked_copy() -> ModuleType:
    """The package imported a second time, its operators without the test for finiteness."""
    with TemporaryDirectory() as folder:
        copy = Path(folder, microgradx.__name__)
        shutil.copytree(str(Path(str(microgradx.__file__)).parent), copy)
        operators = Path(copy, "operators.py")
        text = operators.read_text(encoding="utf-8")
        if CHECK not in text:
            raise LookupError(f"no operator tests its result by {CHECK!r}: nothing to compare")
        operators.write_text(text.replace(CHECK, "True"), encoding="utf-8")
        with imported_afresh(microgradx.__name__, folder):
            return importlib.import_module(microgradx.__name__)


@contextmanager
def imported_afresh(package: str, folder: str) -> Iterator[None]:
    """Import a package from a folder for a moment; afterwards its name means what it meant."""
    known = {name: sys.modules.pop(name) for name in [*sys.modules] if belongs(name, package)}
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)
        for name in [name for name in sys.modules if belongs(name, package)]:
            del sys.modules[name]
        sys.modules.update(known)


def belongs(name: str, package: str) -> bool:
    """Whether a module is the package or lies in it."""
    return name == package or name.startswith(package + ".")
