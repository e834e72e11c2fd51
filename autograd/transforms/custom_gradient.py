"""`custom_gradient`: a function with a derivative rule of its own, as an `Op` has one.

The chain rule takes what the rule gives, and does not go through what the function computes. How a
call is a node of the graph is in `ruled_call.py`.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar, overload

from ..engine.arguments import NOT_GIVEN, check_function
from ..engine.node import Node
from ..engine.watching import forgetting, watching
from .function_names import name_of, signature_of
from .ruled_call import Arguments, Rule, RuledCall, RuleOfCall
from .samples import run_sample
from .trees import flatten_numbers

Function = Callable[..., Any]
P = ParamSpec("P")
T = TypeVar("T")


@overload
def custom_gradient(f: Callable[P, T], rule: Rule) -> Callable[P, T]: ...
@overload
def custom_gradient(*, rule: Rule) -> Callable[[Callable[P, T]], Callable[P, T]]: ...
def custom_gradient(f: Any = NOT_GIVEN, rule: Any = None) -> Any:
    """The function `f` with a derivative rule of its own.

    The rule says what flows back through a call of `f`, whatever `f` computes inside. Write it with
    this library's functions, as the rules of an `Op`: then it can be differentiated again and
    compiled. Everything that a gradient is to reach is an argument of `f`: a Value that it uses
    from elsewhere is an error.

    Args:
        f: a function of numbers, in lists, tuples and dicts, and of Modules; what is no number,
            such as a setting, it gets as it is. It gives one or several numbers. Without it, a
            decorator for one.
        rule: ``rule(args, out, upstream)`` gives d loss / d argument for each argument, in the
            structure of that, a dict of its named parameters for a Module; or None for an argument
            that nothing flows back to. `args` is the tuple of the arguments, with defaults, `out`
            what `f` gave, and `upstream` d loss / d out, in the structure of `out`, with 0 where
            nothing flows back from.

    Returns:
        A function that is called like `f`, interpreted or compiled. Forward mode (`jvp`, `hessian`)
        asks the rule for one result at a time, with an upstream of 1; and for a second derivative
        of a `vmap` or a `scan` the call is made anew, each of the two calls with a part of the
        upstream. So both are right where a rule is linear in `upstream`.

    Raises:
        TypeError: if the rule is none; when differentiated, if it gives another number of
            gradients, or one of another structure; when called, if `f` uses a Value that is no
            argument.

    Example:
        A gradient that is clipped on its way back:

        >>> from autograd import clip, custom_gradient, grad, sqrt, step
        >>> @custom_gradient(rule=lambda args, out, upstream: [clip(upstream, -1.0, 1.0)])
        ... def clipped(x):
        ...     return x
        >>> grad(lambda x: clipped(x) ** 2)(3.0)
        1.0

        A straight-through estimator, which lets the gradient of a step through:

        >>> straight_through = custom_gradient(step, lambda args, out, upstream: [upstream])
        >>> grad(lambda x: 3.0 * straight_through(x))(0.2)
        3.0

        An implicit function, y = cos(a·y), found by iteration and differentiated at the fixed
        point, dy/da = -y·sin(a·y) / (1 + a·sin(a·y)):

        >>> from autograd import cos, sin
        >>> def slope(args, y, upstream):
        ...     (a,) = args
        ...     return [-upstream * y * sin(a * y) / (1.0 + a * sin(a * y))]
        >>> @custom_gradient(rule=slope)
        ... def fixed_point(a):
        ...     y = 1.0
        ...     for _ in range(100):
        ...         y = cos(a * y)
        ...     return y
        >>> round(grad(fixed_point)(0.5), 6)
        -0.321771
    """
    if f is NOT_GIVEN:
        return functools.partial(custom_gradient, rule=rule)
    check_function("custom_gradient", f)
    check_function("custom_gradient", rule, "a rule, a function of (args, out, upstream)")
    signature = signature_of(f)

    @functools.wraps(f, updated=())
    def with_rule(*args: Any, **options: Any) -> Any:
        if signature is not None:
            given = signature.bind(*args, **options)
            given.apply_defaults()
            args, options = given.args, given.kwargs
        if options:  # that can come by name alone
            raise TypeError(
                f"{name_of(f)} has a rule for arguments in order, got the keywords "
                f"{', '.join(options)}: let it take them in order"
            )
        return _call(f, rule, args)

    return with_rule


def _call(f: Function, rule: Rule, args: tuple[Any, ...]) -> Any:
    """The results of a call, as nodes if a gradient can flow to an argument."""
    if forgetting():
        return f(*args)
    arguments = Arguments(name_of(f), args)
    structures = []

    def run(inputs: Sequence[Any]) -> Sequence[Any]:
        result = f(*arguments.filled(inputs))
        outputs, structure = flatten_numbers(result, f"{arguments.name}: the result")
        structures.append(structure)
        return outputs

    made: list[Node] = []
    with watching(made.append, outlived=False):
        sample = run_sample(run, arguments.operands)
    call = RuledCall(sample, RuleOfCall(rule, arguments, structures[0]))
    call.refuse_hidden(made)
    if not arguments.operands:
        return structures[0].unflatten(sample.outputs)
    return structures[0].unflatten(call.results(arguments.operands))
