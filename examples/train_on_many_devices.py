"""Softmax regression on Fisher's irises, with the rows of each batch spread over all devices.

The loss is written for one flower. `microgradx.compile` makes the program of its gradient for a
batch, and JAX compiles it for the devices: each has a share of the rows and all parameters, and XLA
adds the gradients up. The numbers do not depend on how many devices there are.

    pip install '.[examples]'    # in a checkout of microgradx
    python examples/train_on_many_devices.py --devices 8 --steps 300 --checkpoint /tmp/iris

Run again with more steps, it goes on where the last checkpoint was made.
"""

import argparse
import os
from pathlib import Path

RATE, BATCH = 0.5, 48


def main():
    parser = argparse.ArgumentParser(description="Softmax regression on many devices.")
    parser.add_argument("--devices", type=int, help="simulate so many devices on the CPU")
    parser.add_argument("--steps", type=int, default=300, help="steps in all (default: 300)")
    parser.add_argument("--checkpoint", type=Path, help="a folder to save to, and to resume from")
    options = parser.parse_args()
    if options.devices:  # before JAX looks for devices
        count = f"--xla_force_host_platform_device_count={options.devices}"
        os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {count}"
        os.environ["JAX_PLATFORMS"] = "cpu"
    train(options.steps, options.checkpoint)


def train(steps: int, folder: "Path | None"):
    import jax
    import numpy as np
    import orbax.checkpoint as ocp
    from jax.sharding import NamedSharding, PartitionSpec

    import microgradx as mg
    from microgradx.datasets import iris

    def loss(w, x, t):
        """The cross-entropy of one flower: parameters w, features x, and the class t, one-hot."""
        return mg.softmax_cross_entropy(list(w["weights"] @ x + w["bias"]), t)

    program = mg.compile(loss, batch=(1, 2), reduce="sum", target="jax")

    @jax.jit
    def step(w, x, t):
        value, slopes = program(w, x, t)
        return jax.tree.map(lambda x, d: x - RATE / BATCH * d, w, slopes), value / BATCH

    data = iris()
    features = np.array(data.features)
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    classes = np.eye(len(data.species))[data.labels]

    devices = len(jax.devices())
    mesh = jax.make_mesh((devices,), ("rows",))
    by_rows = NamedSharding(mesh, PartitionSpec("rows"))
    everywhere = NamedSharding(mesh, PartitionSpec())

    def batch(i: int):
        """The rows of step `i`, always the same ones, on their devices."""
        rows = np.random.default_rng(i).choice(len(features), BATCH, replace=False)
        missing = -BATCH % devices  # each device has as many rows; one without a class has loss 0
        parts = [np.pad(x[rows], [(0, missing), (0, 0)]) for x in (features, classes)]
        return jax.device_put(parts, by_rows)

    shapes = {"weights": (len(data.species), len(data.names)), "bias": len(data.species)}
    w = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    w, first = jax.device_put(w, everywhere), 0
    kept = ocp.CheckpointManagerOptions(max_to_keep=3)
    saved = ocp.CheckpointManager(folder.absolute(), options=kept) if folder else None
    if saved and (latest := saved.latest_step()) is not None:
        first, w = latest, saved.restore(latest, args=ocp.args.StandardRestore(w))
        print(f"resumed at step {first}")

    print(f"{devices} devices")
    every = max(1, steps // 10)
    for i in range(first, steps):
        w, value = step(w, *batch(i))
        if (i + 1) % every == 0 or i + 1 == steps:
            logits = features @ np.asarray(w["weights"]).T + np.asarray(w["bias"])
            right = np.mean(logits.argmax(axis=1) == data.labels)
            print(f"step {i + 1}: loss {value:.4f}, accuracy {right:.1%}")
            if saved:
                saved.save(i + 1, args=ocp.args.StandardSave(w))
    if saved:
        saved.close()  # when all is written


if __name__ == "__main__":
    main()
