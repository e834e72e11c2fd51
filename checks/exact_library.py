"""What `ag` is to a random function that runs on `Exact` numbers, and how one is run."""

from collections.abc import Callable, Sequence
from typing import Any

from autograd.engine import calculus as c
from autograd.engine.op import Op
from tests.domains import softmax_family

from .accuracy_cases import CASES
from .exact import CHOICE_MARGIN, LARGEST, Exact, UndecidedError, applied, exact, smooth


def total(xs: Sequence[Any]) -> Exact:
    """The sum, from left to right."""
    result = exact(xs[0])
    for x in xs[1:]:
        result = result + x
    return result


def product(xs: Sequence[Any]) -> Exact:
    """The product, from left to right."""
    result = exact(xs[0])
    for x in xs[1:]:
        result = result * x
    return result


def _listed(function: Callable[[Sequence[Any]], Any]) -> Callable[..., Any]:
    """Of a list, or of operands one by one."""
    return lambda *xs: function(list(xs[0]) if len(xs) == 1 else list(xs))


def furthest(sign: int) -> Callable[[Sequence[Any]], Exact]:
    """The largest, or with -1 the smallest, if it is so by more than floats are off."""

    def chosen(xs: Sequence[Any]) -> Exact:
        ordered: list[Exact] = sorted(map(exact, xs), key=lambda x: sign * x.value)
        for other in ordered[:-1]:
            _refuse_the_next(ordered[-1], other)
        return ordered[-1]

    return chosen


def _refuse_the_next(x: Exact, y: Exact) -> None:
    if abs(x.value - y.value) <= CHOICE_MARGIN * (x.error + y.error):
        raise UndecidedError("a tie, or nearly")


def clipped(x: Any, low: Any = None, high: Any = None) -> Exact:
    """`clip`, between numbers in order."""
    x = exact(x)
    low, high = exact(-LARGEST if low is None else low), exact(LARGEST if high is None else high)
    for end in (low, high):
        _refuse_the_next(x, end)
    if low.value > high.value:
        raise UndecidedError("ends in the other order")
    ordered: list[Exact] = sorted((low, x, high), key=lambda one: one.value)
    result = ordered[1]
    if not result.is_constant or x.is_constant:
        return result
    return Exact(result.value, result.error)  # which is flat


def chosen_by(condition: Any, x: Any, y: Any) -> Exact:
    """`where`."""
    condition = exact(condition)
    if condition.error and abs(condition.value) <= CHOICE_MARGIN * condition.error:
        raise UndecidedError("a condition that may be zero")
    return exact(x if condition.value else y)


def looked_up(values: Sequence[Any], index: Any) -> Any:
    """`lookup`, by a whole number that floats hold."""
    index = exact(index)
    if index.error or index.value != int(index.value) or not 0 <= index.value < len(values):
        raise UndecidedError("no index")
    found = values[int(index.value)]
    return found if isinstance(found, list) else exact(found)  # a row, or a number


def compared(wanted: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Exact]:
    """`equal` or `greater`, which are flat."""

    def result(x: Any, y: Any) -> Exact:
        x, y = exact(x), exact(y)
        if x.error or y.error:
            _refuse_the_next(x, y)
        return Exact(wanted(x.value, y.value))

    return result


def share(name: str, i: int, xs: Sequence[Any]) -> Exact:
    """An output of softmax or log_softmax; with `logsumexp`, that."""
    ordered = [exact(xs[i]), *(exact(x) for j, x in enumerate(xs) if j != i)]
    if len(ordered) == 1 and name == "logsumexp":
        return ordered[0]

    def bounds(at: Sequence[float]) -> Sequence[float]:
        condition = 1.0 + (max(at) - min(at))
        return [one * condition for one in (2.0 + 2.0 * max(map(abs, at)), 8.0, 16.0)]

    return smooth(lambda *at: softmax_family(at)[name], bounds, ordered)


def shares(name: str) -> Callable[[Sequence[Any]], list[Exact]]:
    """`softmax` or `log_softmax`."""
    return lambda xs: [share(name, i, xs) for i in range(len(xs))]


class Library:
    """What `ag` is to a random function: this library's functions, of `Exact` numbers."""

    sum = staticmethod(_listed(total))
    mean = staticmethod(_listed(lambda xs: total(xs) / float(len(xs))))
    prod = staticmethod(_listed(product))
    maximum = staticmethod(_listed(furthest(1)))
    minimum = staticmethod(_listed(furthest(-1)))
    logsumexp = staticmethod(_listed(lambda xs: share("logsumexp", 0, xs)))
    softmax = staticmethod(shares("softmax"))
    log_softmax = staticmethod(shares("log_softmax"))
    clip = staticmethod(clipped)
    where = staticmethod(chosen_by)
    lookup = staticmethod(looked_up)
    equal = staticmethod(compared(lambda x, y: x == y))
    greater = staticmethod(compared(lambda x, y: x > y))

    @staticmethod
    def dot(xs: Sequence[Any], ys: Sequence[Any]) -> Exact:
        """The sum of the products, from left to right."""
        return total([exact(x) * y for x, y in zip(xs, ys, strict=True)])

    @staticmethod
    def leaky_relu(x: Any, slope: Any = 0.01) -> Exact:
        """With its default, as in the library."""
        return applied("leaky_relu", x, slope)

    @staticmethod
    def elu(x: Any, alpha: Any = 1.0) -> Exact:
        """With its default, as in the library."""
        return applied("elu", x, alpha)

    def __getattr__(self, name: str) -> Callable[..., Exact]:
        op = vars(c).get(name)
        if not isinstance(op, Op) or op.name not in CASES or op.name in ("fold_in", "%", "//"):
            raise UndecidedError(f"no reference for {name}")
        return lambda *xs: applied(op.name, *xs)


def along(source: str, x: Sequence[float], i: Sequence[float], direction: Sequence[float]) -> Exact:
    """What a function gives in 60 digits, with its derivative along the direction.

    Raises:
        UndecidedError: if floats cannot be held to it, with the reason.
    """
    scope: dict[str, Any] = {"ag": Library(), "inf": float("inf"), "nan": float("nan")}
    exec(source, scope)
    inputs = [
        Exact(exact(one).value, 0, step, abs(step)) for one, step in zip(x, direction, strict=True)
    ]
    result: Exact = exact(scope["f"](inputs, list(map(exact, i))))
    return result
