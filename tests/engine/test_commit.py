"""What changes many objects changes all of them or none, wherever it is interrupted."""

import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autograd
from autograd import Value, recompute, zero_grad
from autograd.engine.commit import commit
from autograd.engine.graph import walking
from autograd.nn import Module, Neuron
from autograd.optim import SGD, Adam, AdamW, Optimizer, Schedule, clip_grad_norm_, linear_lr

PACKAGE = str(Path(autograd.__file__).parent)


def interrupted(action: Callable[[], Any], moment: int) -> bool:
    """Whether a KeyboardInterrupt, raised at that step of the interpreter, came before the end."""
    left = moment

    def tick(frame: Any, event: str, arg: Any) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            left -= 1
            if left < 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return tick

    before = sys.gettrace()
    sys.settrace(tick)
    try:
        action()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
        # Between taking a lock and the block that frees it Python looks for no signal.
        while walking._is_owned():  # type: ignore[attr-defined]
            walking.release()
    return False


class Subject:
    """A model of three parameters, an optimizer with a step behind it, and a schedule."""

    def __init__(self, make: Callable[[list[Value]], Optimizer]) -> None:
        self.model = Neuron(2, rng=0)
        self.parameters = self.model.parameters()
        self.optimizer = make(self.parameters)
        self.root = self.model([1.0, 2.0])
        self.root.backward()
        self.optimizer.step()
        self.schedule = Schedule(self.optimizer, linear_lr(10))

    def seen(self) -> Any:
        walked = [self.root, *self.root.parents, *self.parameters]
        return (
            [(x.data, x.grad, x.recorded) for x in walked],
            self.optimizer.state_dict(),
            self.schedule.state_dict(),
        )


ACTIONS: dict[str, Callable[[Subject], Callable[[], Any]]] = {
    "step": lambda s: s.optimizer.step,
    "zero_grad of an optimizer": lambda s: s.optimizer.zero_grad,
    "zero_grad of a module": lambda s: s.model.zero_grad,
    "zero_grad of a graph": lambda s: lambda: zero_grad(s.root),
    "recompute": lambda s: lambda: recompute(s.root),
    "clip_grad_norm_": lambda s: lambda: clip_grad_norm_(s.parameters, 0.01),
    "load_state_dict of a module": lambda s: (
        lambda: s.model.load_state_dict({"weights.0": 7.0, "weights.1": 8.0, "bias": 9.0})
    ),
    "load_state_dict of an optimizer": lambda s: (
        lambda: s.optimizer.load_state_dict(dict.fromkeys(s.optimizer.state_dict(), 5.0))
    ),
    "step of a schedule": lambda s: s.schedule.step,
    "load_state_dict of a schedule": lambda s: (
        lambda: s.schedule.load_state_dict({"base_lr": 2.0, "steps": 4.0})
    ),
}
OPTIMIZERS: dict[str, Callable[[list[Value]], Optimizer]] = {
    "SGD": lambda p: SGD(p, 0.1, momentum=0.9),
    "Adam": lambda p: Adam(p, 0.1),
    "AdamW": lambda p: AdamW(p, 0.1),
}


@pytest.mark.parametrize(
    ("make", "action"),
    [
        *[(OPTIMIZERS["Adam"], action) for action in ACTIONS.values()],
        *[(make, ACTIONS["step"]) for make in OPTIMIZERS.values()],
    ],
    ids=[*ACTIONS, *OPTIMIZERS],
)
def test_an_interrupt_at_any_moment_changes_all_or_nothing(
    make: Callable[[list[Value]], Optimizer], action: Callable[[Subject], Callable[[], Any]]
) -> None:
    untouched = Subject(make).seen()
    subject = Subject(make)
    action(subject)()
    finished = subject.seen()
    assert finished != untouched
    interrupted(action(Subject(make)), sys.maxsize)  # Python 3.12 traces steps from the second time
    for moment in itertools.count():
        subject = Subject(make)
        if not interrupted(action(subject), moment):
            assert moment > 20
            assert subject.seen() == finished
            return
        assert subject.seen() in (untouched, finished)


def test_what_is_changed_is_worked_out_before_the_first_change() -> None:
    a, b = Value(1.0), Value(2.0)

    def changes() -> Any:
        yield a, "grad", 3.0
        raise KeyError("b")

    with pytest.raises(KeyError):
        commit(changes())
    assert (a.grad, b.grad) == (0.0, 0.0)


def test_a_gradient_that_is_a_graph_is_clipped_as_one() -> None:
    x = Value(3.0)
    (x**3).backward(create_graph=True)
    assert clip_grad_norm_([x], 1.0) == 27.0
    assert isinstance(x.grad, Value)
    assert abs(x.grad.data - 1.0) < 1e-15


def test_a_module_may_have_attributes_of_any_name() -> None:
    class Odd(Module):
        def __init__(self) -> None:
            self.grad, self.steps = Value(1.0), [Value(2.0)]

    odd = Odd()
    odd.load_state_dict({"grad": 3.0, "steps.0": 4.0})
    assert odd.state_dict() == {"grad": 3.0, "steps.0": 4.0}
