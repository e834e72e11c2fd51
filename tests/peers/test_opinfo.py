"""PyTorch's own samples (OpInfo): its ops and ours give the same value and the same gradient.

Samples of zero dimension are taken as they are, and of elementwise ops the numbers of larger ones,
one by one. They are within the domains of the ops, so that conventions at kinks do not count.
"""

import functools
import math
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from autograd import Value
from tests.peers.opinfo import INACCURATE, MORE, ONE, OURS, TWO, reason_for

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("expecttest", reason="PyTorch's tests need expecttest")
methods = pytest.importorskip("torch.testing._internal.common_methods_invocations")

pytestmark = pytest.mark.filterwarnings("ignore")  # those of PyTorch itself are no failures

ELEMENTWISE = {*ONE, *TWO, *MORE} - {"dist"}
OF_EACH = 40  # numbers of a larger sample
LEAST_OPS, LEAST_CASES = 80, 2_500


def full_name(op: Any) -> str:
    return ".".join(filter(None, (op.name, op.variant_test_name)))


OPS = {full_name(op): op for op in methods.op_db if torch.float64 in op.dtypes}
MAPPED = sorted(OPS.keys() & OURS.keys())


class Sample(NamedTuple):
    """The arguments of a call, tensors of no dimension among them."""

    args: tuple[Any, ...]
    options: dict[str, Any]


def is_number(x: Any) -> bool:
    return isinstance(x, torch.Tensor) and x.ndim == 0


def samples(name: str) -> Iterator[Sample]:
    """The samples of an op, or the numbers of them."""
    for sample in OPS[name].sample_inputs("cpu", torch.float64, requires_grad=True):
        args = (sample.input, *sample.args)
        tensors = [x for x in (*args, *sample.kwargs.values()) if isinstance(x, torch.Tensor)]
        if all(map(is_number, tensors)):
            yield Sample(args, sample.kwargs)
            continue
        size = max(tensor.numel() for tensor in tensors)
        alike = all(tensor.numel() in (1, size) for tensor in tensors)
        if name in ELEMENTWISE and alike:
            for k in range(0, size, max(1, size // OF_EACH)):
                picked = tuple(element(x, k) for x in args)
                yield Sample(picked, {key: element(x, k) for key, x in sample.kwargs.items()})


def element(x: Any, k: int) -> Any:
    """Number k of a tensor, as a leaf; anything else as it is."""
    if not isinstance(x, torch.Tensor):
        return x
    number = x.detach().reshape(-1)[k if x.numel() > 1 else 0].clone()
    return number.requires_grad_(x.requires_grad)


def differentiable(sample: Sample) -> list[Any]:
    given = (*sample.args, *sample.options.values())
    return [x for x in given if is_number(x) and x.requires_grad]


def by_torch(name: str, sample: Sample) -> tuple[float, list[float]]:
    result = OPS[name].op(*sample.args, **sample.options)
    result = result if isinstance(result, torch.Tensor) else result[0]
    leaves = differentiable(sample)
    if not result.requires_grad:
        return result.item(), [0.0] * len(leaves)
    found = torch.autograd.grad(result.sum(), leaves, allow_unused=True)
    return result.item(), [0.0 if x is None else x.item() for x in found]


def by_us(name: str, sample: Sample) -> tuple[float, list[float]]:
    leaves = {id(x): Value(x.item()) for x in differentiable(sample)}

    def ours(x: Any) -> Any:
        return leaves.get(id(x), x.item()) if is_number(x) else x

    options = {key: ours(x) for key, x in sample.options.items()}
    result = OURS[name](*map(ours, sample.args), **options)
    result = result[0] if isinstance(result, list) else result
    if isinstance(result, Value):
        result.backward()
    return getattr(result, "data", result), [leaf.grad for leaf in leaves.values()]


def close(x: float, y: float, tolerance: float) -> bool:
    both_nan = math.isnan(x) and math.isnan(y)
    return both_nan or math.isclose(x, y, rel_tol=tolerance, abs_tol=1e-12)


@functools.cache
def compared(name: str) -> int:
    """How many samples give the same by both."""
    count = 0
    for sample in samples(name):
        expected, found = by_torch(name, sample), by_us(name, sample)
        told = (name, sample, "PyTorch", expected, "here", found)
        numbers = [[value, *slopes] for value, slopes in (expected, found)]
        tolerance = INACCURATE.get(name, 1e-9)
        assert all(close(x, y, tolerance) for x, y in zip(*numbers, strict=True)), told
        count += 1
    return count


@pytest.fixture(scope="module", autouse=True)
def quietly() -> Iterator[None]:
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture(scope="module")
def counts() -> Counter[str]:
    """Of each op how many samples were compared."""
    return Counter({name: compared(name) for name in MAPPED})


@pytest.mark.parametrize("name", MAPPED)
def test_value_and_gradient_are_those_of_pytorch(name: str) -> None:
    assert compared(name) > 0


def test_there_are_as_many_as_ever(
    counts: Counter[str], say_at_the_end: Callable[[str], None]
) -> None:
    say_at_the_end(f"{len(+counts)} ops of OpInfo, {counts.total():,} samples")
    assert len(+counts) >= LEAST_OPS
    assert counts.total() >= LEAST_CASES


def has_numbers(name: str) -> bool:
    """Whether there is a sample that tells something of numbers alone, with a derivative."""
    op = OPS[name]
    drawn = op.sample_inputs("cpu", torch.float64, requires_grad=op.supports_autograd)
    return any(
        is_number(sample.input)
        and all(is_number(x) for x in sample.args if isinstance(x, torch.Tensor))
        for sample in drawn
    )


@pytest.mark.parametrize("name", sorted(OPS.keys() - OURS.keys()))
def test_what_is_left_out_has_a_reason(name: str) -> None:
    if not has_numbers(name):
        pytest.skip("has no sample of zero dimension")
    reason = reason_for(name)
    assert reason, f"say what {name} is called here, or why it is nothing"
    pytest.skip(reason)
