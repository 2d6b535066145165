"""Programs for JAX on many devices, in processes of their own, since JAX looks for devices once."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("jax")
ROOT = Path(__file__).parents[1]


def python(*arguments, **environment):
    """What a Python of its own prints, where JAX has the floats that it has by default."""
    result = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env={**os.environ, **environment},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


SHARDED = """
import jax, numpy as np, microgradx as mg
from jax.sharding import NamedSharding, PartitionSpec as P
jax.config.update("jax_enable_x64", True)

def neuron(w, x):
    return mg.tanh(w[:2] @ x + w[2]) * mg.softplus(w @ w)

program = mg.compile(neuron, wrt=(0, 1), batch=1, reduce="sum", target="jax")
w, x = np.array([0.5, -1.25, 0.25]), np.random.default_rng(0).normal(size=(800, 2))
value, (slope, rows) = program(w, x)
mesh = jax.make_mesh((8,), ("rows",))
there = jax.device_put(w, NamedSharding(mesh, P())), jax.device_put(x, NamedSharding(mesh, P("rows")))
for each in (program, jax.jit(program)):
    total, (sums, shards) = each(*there)
    np.testing.assert_allclose(total, value, rtol=2e-12)
    np.testing.assert_allclose(sums, slope, rtol=2e-12)
    np.testing.assert_allclose(shards, rows, rtol=2e-12)
    assert len(shards.sharding.device_set) == 8 and shards.addressable_shards[0].data.shape == (100, 2)
text = jax.jit(program).lower(*there).compile().as_text()
print(text.count(" all-reduce("), text.count(" all-gather("))

local = lambda w, x: jax.lax.psum(program(w, x)[0], "rows")
mapped = jax.shard_map(local, mesh=mesh, in_specs=(P(), P("rows")), out_specs=P())
np.testing.assert_allclose(mapped(*there), value, rtol=2e-12)
"""


def test_rows_on_eight_devices_give_the_same_and_are_added_up_by_one_all_reduce():
    flags = "--xla_force_host_platform_device_count=8"
    assert python("-c", SHARDED, XLA_FLAGS=flags, JAX_PLATFORMS="cpu") == "1 0\n"


def test_without_float64_the_numbers_are_those_of_float32():
    printed = python(
        "-W", "error", "-c",
        "import microgradx as mg, numpy as np\n"
        "f = mg.compile(lambda x: mg.exp(x) / 3.0, batch=0, reduce='sum', target='jax')\n"
        "value, slope = f(np.array([1.0, 2.0]))\n"
        "print(value.dtype, slope.dtype, abs(float(value) - (np.e + np.e**2) / 3.0) < 1e-6)\n"
        "print(abs(f([1e2])[0] / np.exp(1e2) * 3.0 - 1.0) < 1e-15)\n"  # too large for float32
        "print(type(f(np.array([1e2]))[1]) is np.ndarray)",
    )  # fmt: skip
    assert printed == "float32 float32 True\nTrue\nTrue\n"


def test_what_exceeds_float32_is_an_error_without_a_warning():
    printed = python(
        "-W", "error", "-c",
        "import jax, jax.numpy as jnp, microgradx as mg\n"
        "try: mg.Value(jnp.ones(2)) * 1e200\n"
        "except mg.RangeError as error: print(error)\n"
        "print(mg.compile(lambda x: x * 1e200, target='jax')(1.0))\n"
        "try: jax.grad(mg.compile(lambda x: x * x, target='jax').value)(1e30)\n"
        "except mg.RangeError as error: print(error)",
    ).splitlines()  # fmt: skip
    assert printed[0].startswith("mul(1.0, 1e+200) at index (0,) of the batch: the result exceeds")
    assert printed[1] == "(1e+200, 1e+200)" and "jax_enable_x64" in printed[2]


def test_what_exceeds_float32_shows_where_it_would_be_gone_from_the_result():
    """The engine then answers: exp(100) is no float32, and 1 over that infinity would be 0."""
    printed = python(
        "-c",
        "import math, microgradx as mg\n"
        "for f in (\n"
        "    lambda y, x: y / mg.exp(100.0 * mg.sin(x)),\n"
        "    lambda y, x: y * mg.tanh(mg.exp(100.0 * mg.sin(x))),\n"
        "    lambda y, x: [mg.exp(100.0 * mg.sin(x)), y * x][1],\n"
        "): print(mg.compile(f, target='jax')(1e38, 1.1) == mg.value_and_grad(f)(1e38, 1.1))",
    )
    assert printed == "True\n" * 3


def test_the_import_of_jax_waits_until_it_is_asked_for():
    printed = python(
        "-c",
        "import sys, microgradx as mg\n"
        "print(mg.compile(lambda x: x * x)(3.0), 'jax' in sys.modules)",
    )
    assert printed == "(9.0, 6.0) False\n"


@pytest.mark.skipif(not find_spec("orbax"), reason="the example saves with Orbax")
def test_the_example_trains_alike_on_any_number_of_devices_and_resumes(tmp_path):
    example = [str(ROOT / "examples" / "train_on_many_devices.py"), "--steps"]
    whole = python(*example, "40", "--devices", "1").splitlines()
    python(*example, "20", "--devices", "8", "--checkpoint", str(tmp_path))
    rest = python(*example, "40", "--devices", "5", "--checkpoint", str(tmp_path)).splitlines()
    assert rest[:2] == ["resumed at step 20", "5 devices"]
    assert rest[2:] == whole[-len(rest[2:]) :]
    assert float(whole[-1].split()[-1].rstrip("%")) > 90.0
