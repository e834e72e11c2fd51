"""A neural differential equation: a network learns the laws of a pendulum from watching it swing.

    python examples/neural_ode.py                  # trains at native speed
    python examples/neural_ode.py --interpreted    # the same numbers, slowly

The network is the right-hand side of dy/dt = f(y), and a Runge-Kutta solver, written with Values,
makes trajectories of it; gradients go through the solver. What it learned from the first ten
seconds is compared with the next ten. The pictures go to ``out/``. A clone needs nothing installed.
"""

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone that this file is in

from autograd import ScanInterrupted, no_grad, sin, value_and_grad, vmap
from autograd.compiler import compile
from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.optim import Adam, Schedule, cosine_lr
from autograd.show import Drawing, learning_curve, scatter
from examples.command import clear_ending, folder
from examples.reporting import Report
from examples.vectors import moved

State = Sequence[Any]  # of a pendulum: the angle and the speed
Field = Callable[[State], State]  # from a state to its change in time

# --- the solver -----------------------------------------------------------------------------


def rk4_step(field: Field, y: State, dt: float) -> State:
    """The state after a time dt, by the classical method of Runge and Kutta."""
    first = field(y)
    second = field(moved(y, first, dt / 2.0))
    third = field(moved(y, second, dt / 2.0))
    fourth = field(moved(y, third, dt))
    slopes = zip(first, second, third, fourth, strict=True)
    return moved(y, [a + 2.0 * b + 2.0 * c + d for a, b, c, d in slopes], dt / 6.0)


def solve(field: Field, y: State, dt: float, steps: int) -> list[State]:
    """The states after dt, 2·dt, …"""
    states = []
    for _ in range(steps):
        y = rk4_step(field, y, dt)
        states.append(y)
    return states


def measured_order(field: Field, y: State, time: float, steps: int) -> float:
    """The power of the step that the error falls with, seen at three steps: 4 in theory."""
    ends = [solve(field, y, time / n, n)[-1] for n in (steps, 2 * steps, 4 * steps)]
    return math.log2(math.dist(ends[0], ends[1]) / math.dist(ends[1], ends[2]))


# --- the pendulum, watched ------------------------------------------------------------------

STARTS = ((2.5, 0.0), (1.0, 0.0))  # raised far or less far, and at rest
DT, WATCHED, LATER = 0.1, 100, 100  # seconds between looks; looks to learn from, and after them
SEGMENT = 5  # looks that the network foretells while it learns


def pendulum(y: State) -> State:
    """The law to be found: gravity, and friction in proportion to the speed."""
    angle, speed = y
    return [speed, -sin(angle) - 0.1 * speed]


def looks(start: State, count: int) -> list[State]:
    """The true states at a start and after it, in ten steps of the solver each."""
    return [start, *solve(pendulum, start, DT / 10, 10 * count)][::10]


# --- learning -------------------------------------------------------------------------------


def segment_loss(model: MLP, start: State, following: Sequence[State]) -> Any:
    """The mean squared error of the states that the model foretells after a start."""
    foretold = solve(model, start, DT, len(following))
    return mse_loss([x for y in foretold for x in y], [x for y in following for x in y])


def training_step(swings: Sequence[Sequence[State]]) -> Callable[[Any, Any], Any]:
    """The step of a training, interpreted or compiled, with all segments of what was watched."""
    segments = [swing[i : i + SEGMENT + 1] for swing in swings for i in range(len(swing) - SEGMENT)]
    starts, following = [x[0] for x in segments], [x[1:] for x in segments]
    mean_loss = vmap(value_and_grad(segment_loss), in_axes=(None, 0, 0), reduce="mean")

    def step(state: Any, _: Any) -> Any:
        model, optimizer, schedule = state
        loss, gradients = mean_loss(model, starts, following)
        model.set_gradients(gradients)
        optimizer.step()
        schedule.step()
        return state, loss

    return step


def learn(model: MLP, swings: Sequence[Sequence[State]], steps: int, compiled: bool) -> list[float]:
    """Train the model until the end or Ctrl-C, and give the losses."""
    optimizer = Adam(model, 0.05)
    state: Any = model, optimizer, Schedule(optimizer, cosine_lr(max(steps, 1)))
    step, report = training_step(swings), Report(steps, unit="step")
    losses: list[float] = []
    try:
        if compiled:
            native, every = compile(step), report.every
            state, losses = native.scan(state, length=steps, every=every, progress=report.progress)
        else:
            for done in range(1, steps + 1):
                losses.append(step(state, None)[1])
                report(done, loss=losses[-1])
    except ScanInterrupted as stopped:
        losses = stopped.outputs
    except KeyboardInterrupt:
        pass
    report.close()
    return losses


# --- what was learned -----------------------------------------------------------------------


def foretell(model: MLP, start: State, count: int) -> list[State]:
    """What the model takes for the states at a start and after it, as numbers."""
    with no_grad():
        states = solve(model, start, DT, count)
    return [start, *([x.data for x in y] for y in states)]


def distances(path: Sequence[State], other: Sequence[State]) -> list[float]:
    """How far two paths are apart at every look."""
    return [math.dist(a, b) for a, b in zip(path, other, strict=True)]


def pictures(true: Sequence[State], learned: Sequence[State]) -> dict[str, Drawing]:
    """Angle and error as time goes on, and the path through angles and speeds."""
    angles = {name: [y[0] for y in path] for name, path in (("true", true), ("learned", learned))}
    error = {"error": {"true to learned": distances(true, learned)}}
    watched, later = true[: WATCHED + 1 : 2], true[WATCHED + 2 :: 2]
    parts = {"watched": watched, "true later": later, "learned": learned[1::2]}
    points = [(i, y) for i, part in enumerate(parts.values()) for y in part]
    places, kinds = [y for _, y in points], [i for i, _ in points]
    return {
        "time": learning_curve(angles, "", f"look, one every {DT:g} s", "angle", error),
        "path": scatter(places, kinds, list(parts), "", "angle", "speed"),
    }


# --- the command ----------------------------------------------------------------------------


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Learn the law of a pendulum from watching it.")
    add = parser.add_argument
    add("--interpreted", action="store_true", help="the same numbers, without compiling")
    add("--steps", type=int, default=2000, help="of training (default: %(default)s)")
    add("--hidden", type=int, default=16, help="neurons of the network (default: %(default)s)")
    add("--seed", type=int, default=0, help="of the first weights (default: %(default)s)")
    add("--out", type=folder, default="out", help="pictures go here (default: %(default)s)")
    given = parser.parse_args(arguments)
    if given.steps < 1 or given.hidden < 1:
        parser.error("wanted: --steps of 1 or more, --hidden of 1 or more")
    return given


def run(given: argparse.Namespace) -> None:
    """Learn, and say and draw what was learned."""
    print(f"order of the solver: {measured_order(pendulum, STARTS[0], 10.0, 200):.2f}")
    model, start = MLP(2, [given.hidden, 2], rng=given.seed), perf_counter()
    swings = [looks(begin, WATCHED) for begin in STARTS]
    losses = learn(model, swings, given.steps, not given.interpreted)
    if not losses:
        sys.exit("stopped before the first step was done")
    print(f"{len(losses):,} steps in {perf_counter() - start:.1f} s, ", end="")
    print(f"loss {losses[0]:.2e} to {losses[-1]:.2e}")
    true = looks(STARTS[0], WATCHED + LATER)
    learned = foretell(model, STARTS[0], WATCHED + LATER)
    errors = distances(true, learned)
    print(f"largest error while watched: {max(errors[: WATCHED + 1]):.3f}, ", end="")
    print(f"in the time after: {max(errors[WATCHED + 1 :]):.3f}")
    given.out.mkdir(parents=True, exist_ok=True)
    for name, drawing in pictures(true, learned).items():
        drawing.save(given.out / f"neural_ode_{name}.svg")
        print("picture:", given.out / f"neural_ode_{name}.svg")


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks for; a SystemExit with a message if that cannot be."""
    with clear_ending():
        run(options(arguments))


if __name__ == "__main__":
    main()
