"""Which of several findings is the cause: what is built on a wrong operation is wrong with it."""

from collections.abc import Iterator, Mapping

from .findings import Finding
from .operations import BY_NAME

ORDER = {name: place for place, name in enumerate(BY_NAME)}


def causes(findings: Mapping[str, Finding]) -> Iterator[Finding]:
    """The findings, without those of operations that may be built on another wrong one.

    Args:
        findings: what is wrong with each operation, by its name.
    """
    missing = {name: x for name, x in findings.items() if x.kind.startswith("missing")}
    for kind in dict.fromkeys(x.kind for x in missing.values()):
        same = {name: x for name, x in missing.items() if x.kind == kind}
        first, what = next(iter(same.values())), "; ".join(x.what for x in same.values())
        yield first._replace(what=what, operations=tuple(same))
    others = {name: x for name, x in findings.items() if name not in missing}
    roots = [name for name in others if not any(_is_below(x, name) for x in findings)]
    told: dict[str, str] = {}
    for root in roots:
        finding = others[root]
        if finding.kind == "raises" and told.setdefault(finding.what, root) != root:
            continue  # the same error in several operations is told once
        also = [name for name in others if _is_below(root, name)]
        seen = f"; {' and '.join(also)}, which may be built on it, too" if also else ""
        yield finding._replace(what=finding.what + seen, operations=(root, *also))


def _is_below(one: str, other: str) -> bool:
    """Whether an operation is one that the other may be built on; of a circle the first is."""
    if one not in _below(other):
        return False
    return other not in _below(one) or ORDER[one] < ORDER[other]


def _below(name: str) -> set[str]:
    """The operations that this one may be built on."""
    found, waiting = set[str](), [name]
    while waiting:
        operation = BY_NAME[waiting.pop()]
        for other in (*operation.built_on, *([operation.plain] if operation.plain else [])):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found - {name}
