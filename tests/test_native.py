"""C programs: built once, kept where nobody else can write, and interpreted when they are large."""

import ctypes
import os
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings

import microgradx as mg
from microgradx.compiler.targets import c, native

from .compiling import agree, outcome
from .programs import moderate, programs

SOURCE = "double twice(double x) { return 2.0 * x; }"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of its own, and none in memory."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    native.library.cache_clear()
    yield tmp_path / "microgradx"
    native.library.cache_clear()


@pytest.fixture
def compilers(monkeypatch):
    """The calls in which a compiler was to make a library."""
    calls = []
    run = subprocess.run

    def watched(command, **options):
        calls.extend([] if "-E" in command else [command])  # which asks what it takes
        return run(command, **options)

    monkeypatch.setattr(native.subprocess, "run", watched)
    return calls


def test_a_library_is_built_once_and_kept(cache, compilers):
    native.library(SOURCE)
    native.library.cache_clear()
    native.library(SOURCE)
    assert len(compilers) == 1
    (file,) = cache.iterdir()
    assert file.suffix == ".so"
    native.library(SOURCE, exact=False)
    assert len(compilers) == 2


def test_a_library_of_a_cache_that_can_only_be_read_is_loaded(cache, compilers, monkeypatch):
    native.library(SOURCE)
    native.library.cache_clear()

    def refused(path):
        raise PermissionError(path)

    monkeypatch.setattr(native.Path, "touch", refused)
    assert native.library(SOURCE).twice and len(compilers) == 1


def test_the_cache_keeps_the_libraries_that_were_used_last(cache, compilers, monkeypatch):
    monkeypatch.setattr(native, "MOST_KEPT", 2)
    others = [f"double other{i}(double x) {{ return x; }}" for i in range(2)]
    for seconds, source in ((1, SOURCE), (2, others[0])):
        native.library(source)
        for file in cache.iterdir():
            if file.stat().st_mtime > 10:
                os.utime(file, (seconds, seconds))
    native.library.cache_clear()
    native.library(SOURCE)  # used again
    native.library(others[1])
    assert len([*cache.iterdir()]) == 2
    native.library.cache_clear()
    for source, times in ((SOURCE, 3), (others[1], 3), (others[0], 4)):
        native.library(source)
        assert len(compilers) == times


@pytest.mark.parametrize("mode", [0o770, 0o707])
@pytest.mark.parametrize("spoil", ["file", "folder", "link"])
def test_what_another_user_could_have_written_is_not_loaded(cache, compilers, spoil, mode):
    native.library(SOURCE)
    native.library.cache_clear()
    (file,) = cache.iterdir()
    if spoil == "link":
        file.rename(file.with_suffix(".real"))
        file.symlink_to(file.with_suffix(".real"))
    else:
        os.chmod(file if spoil == "file" else cache, mode)
    native.library(SOURCE)
    assert len(compilers) == 2


def test_what_belongs_to_another_user_is_not_loaded(cache, compilers, monkeypatch):
    native.library(SOURCE)
    native.library.cache_clear()
    monkeypatch.setattr(native.os, "getuid", lambda: cache.stat().st_uid + 1)
    native.library(SOURCE)
    assert len(compilers) == 2


def test_without_a_place_for_a_cache_a_library_is_built_for_once(tmp_path, monkeypatch, compilers):
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    native.library.cache_clear()
    assert mg.compile(lambda x: x * x, target="c")(3.0) == (9.0, 6.0)
    assert len(compilers) == 1


def test_a_user_without_a_home_has_no_cache(monkeypatch, compilers):
    def home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(native.Path, "home", home)
    native.library.cache_clear()
    assert mg.compile(lambda x: x * x, target="c")(3.0) == (9.0, 6.0)
    assert len(compilers) == 1


CLANG = """#!/bin/sh
for flag; do
    case $flag in -fno-*dse | --param*) echo "unknown argument: '$flag'" >&2; exit 1; esac
done
exec cc "$@"
"""


def test_a_compiler_that_refuses_what_gcc_is_told_besides_is_not_told_it(
    cache, compilers, tmp_path, monkeypatch
):
    clang = tmp_path / "clang"
    clang.write_text(CLANG)
    clang.chmod(0o700)
    monkeypatch.setenv("CC", str(clang))
    assert mg.compile(lambda x: mg.exp(x) * x, target="c")(0.0) == (0.0, 1.0)
    (command,) = compilers
    assert not {*native.GCC_FLAGS}.intersection(command)


def test_a_compiler_may_be_named_with_options(cache, monkeypatch, compilers):
    monkeypatch.setenv("CC", "cc -DTWICE=2.0")
    twice = native.library("double twice(double x) { return TWICE * x; }").twice
    twice.argtypes, twice.restype = [ctypes.c_double], ctypes.c_double
    assert twice(1.5) == 3.0 and compilers[0][1] == "-DTWICE=2.0"
    monkeypatch.setenv("CC", "")  # as if it were not set
    assert native.library(SOURCE).twice


def test_without_a_compiler_the_error_names_the_other_targets(cache, monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(RuntimeError, match=r"no 'no-such-compiler' on the path.*target='python'"):
        mg.compile(lambda x: x * x, target="c")(3.0)


def test_what_the_compiler_says_is_shown(cache):
    with pytest.raises(RuntimeError, match=r"the C compiler failed: (.|\n)*error"):
        native.library("no C at all")


def test_a_compiler_that_makes_nothing_has_failed(cache, monkeypatch):
    monkeypatch.setenv("CC", "true")
    with pytest.raises(RuntimeError, match=r"the C compiler failed: .*true(.|\n)*no library$"):
        mg.compile(lambda x: x * x, target="c")(3.0)


def test_processes_at_once_do_not_meet(cache):
    program = "import microgradx as mg\nprint(mg.compile(lambda x: mg.sin(x) * x, target='c')(0.0))"
    command = [sys.executable, "-c", program]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate()[0] for process in running] == ["(0.0, 0.0)\n"] * 3
    assert len([*cache.iterdir()]) == 1


@pytest.mark.untraced
@settings(max_examples=1000, deadline=None)
@given(program=programs(moderate))
def test_a_large_program_is_interpreted_and_gives_the_same_bits(program):
    f = lambda xs: mg.sum(program.results(*xs))  # noqa: E731
    expected = outcome(mg.value_and_grad(f), program.inputs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(c, "MOST_FOR_ONE", 0)
        assert agree(outcome(mg.compile(f, target="c"), program.inputs), expected, 0)


def test_a_large_program_takes_batches_branches_and_other_structures(monkeypatch):
    monkeypatch.setattr(c, "MOST_WRITTEN_OUT", 0)

    def f(w, x):
        return mg.where(x > 0.0, w["a"] * x, mg.exp(x)) if w["a"] > 1.0 else w["a"] + x * 2.0

    program = mg.compile(f, batch=1, reduce="sum", target="c")
    assert program({"a": 2.0}, [1.0, 2.0]) == (6.0, {"a": 3.0})
    assert program({"a": 1.0}, [1.0, 2.0]) == (8.0, {"a": 2.0})
    assert program({"a": 2.0}, [3.0, 2.0]) == (10.0, {"a": 5.0})
    with pytest.raises(TypeError, match="real number"):
        program({"a": "b"}, [1.0])
    with pytest.raises(mg.RangeError, match="row 1"):
        mg.compile(lambda w, x: mg.exp(w * x), batch=1, target="c")(1.0, [1.0, 1e3])


def test_a_long_sum_is_interpreted_as_it_is():
    xs = [0.1 * i for i in range(12_000)]
    f = lambda xs: mg.dot(xs, xs)  # noqa: E731
    program = mg.compile(f, target="c")
    assert program(xs) == mg.value_and_grad(f)(xs)
    assert program.size > c.MOST_WRITTEN_OUT
    assert "switch" in program.source


def test_for_one_point_a_program_is_interpreted_sooner_than_for_many():
    f = lambda x: mg.sum([(0.001 * i * x) * x for i in range(1, 1000)])  # noqa: E731
    one, many = mg.compile(f, target="c"), mg.compile(f, target="c", batch=0)
    assert one(2.0) == mg.value_and_grad(f)(2.0)
    assert many([2.0, 3.0])[0] == [f(2.0), f(3.0)]
    assert c.MOST_FOR_ONE < one.size == many.size < c.MOST_WRITTEN_OUT
    assert "switch" in one.source and "switch" not in many.source


def test_threads_share_a_batch_and_change_no_bit():
    def f(w, x):
        return mg.tanh(w[0] * x) * w[1]

    xs = [0.001 * i for i in range(5000)]
    for reduce in ("sum", "mean", None):
        results = [
            mg.compile(f, batch=1, reduce=reduce, target="c", threads=n)([0.5, 2.0], xs)
            for n in (1, 2, 3)
        ]
        assert results[0] == results[1] == results[2]
    with pytest.raises(mg.DomainError, match="finite"):
        mg.compile(f, batch=1, target="c", threads=2)([0.5, 2.0], [*xs, float("inf")])


@pytest.mark.parametrize("rows", [1, 7, 8, 13, 2051])
def test_how_many_rows_a_vector_holds_changes_no_bit(rows, monkeypatch):
    def f(w, x):
        return mg.tanh(w[0] * x) * w[1] + mg.relu(x)

    xs = [0.37 * i - 2.0 for i in range(rows)]
    results = []
    for lanes in (2, 4, 8):
        text, count = re.subn(r"(?s)#if .*?#endif", f"#define LANES {lanes}", c.PRELUDE)
        monkeypatch.setattr(c, "PRELUDE", text)
        results.append(mg.compile(f, batch=1, reduce="sum", target="c")([0.5, 2.0], xs))
        monkeypatch.undo()
        assert count == 1
    assert results[0] == results[1] == results[2]
