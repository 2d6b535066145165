"""What a workload needs of an engine, and the engines that are compared."""

import builtins
import importlib
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any

import microgradx

from . import closure
from .unchecked import unchecked_copy


class Engine:
    """A kind of Value that adds up operator by operator, as micrograd's neurons do."""

    def __init__(self, value: Callable[[float], Any]) -> None:
        self.Value = value

    def sum(self, terms: Iterable[Any]) -> Any:
        """t₁ + t₂ + …"""
        return builtins.sum(terms)

    def dot(self, xs: Sequence[Any], ys: Sequence[Any]) -> Any:
        """x₁·y₁ + x₂·y₂ + …"""
        return builtins.sum(x * y for x, y in zip(xs, ys, strict=True))

    def affine(self, xs: Sequence[Any], ys: Sequence[Any], start: Any) -> Any:
        """start + x₁·y₁ + x₂·y₂ + …"""
        return builtins.sum((x * y for x, y in zip(xs, ys, strict=True)), start)


class NaryEngine(Engine):
    """An engine of which a sum or a product of two lists is a single node."""

    def __init__(self, package: ModuleType) -> None:
        super().__init__(package.Value)
        self.sum = package.sum
        self.dot = package.dot

    def affine(self, xs: Sequence[Any], ys: Sequence[Any], start: Any) -> Any:
        """start + x₁·y₁ + x₂·y₂ + …"""
        return self.dot(xs, ys) + start


ENGINES: dict[str, Callable[[], Engine]] = {
    "binary": lambda: Engine(microgradx.Value),
    "n-ary": lambda: NaryEngine(microgradx),
    "unchecked": lambda: Engine(unchecked_copy().Value),
    "closure": lambda: Engine(closure.Value),
    "micrograd": lambda: Engine(importlib.import_module("micrograd.engine").Value),
}
