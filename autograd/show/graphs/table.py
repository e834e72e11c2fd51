"""The content of a drawing as a text table, for those who cannot see the picture."""

from ..text import align
from .content import Content


def table_of(content: Content) -> str:
    """One line for each box: its number, its content, and the boxes it is computed from."""
    operands: list[list[str]] = [[] for _ in content.boxes]
    for edge in content.edges:
        operands[edge.head].append(f"{edge.tail + 1} {edge.text}".rstrip())
    rows = [("", "name", "kind", "says", "computed from (local derivative)")]
    for number, box in enumerate(content.boxes):
        text = ", ".join(f"{word} {shown}".strip() for word, shown in box.rows)
        kind = f"{box.kind} {box.by}".strip()
        rows.append((f"{number + 1}", box.full, kind, text, ", ".join(operands[number])))
    return "\n".join(align(rows))
