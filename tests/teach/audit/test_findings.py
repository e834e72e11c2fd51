"""Findings as a table: the gravest first, once for several, short."""

import autograd as ag
from autograd import Value
from autograd.nn import MLP, Module
from autograd.teach import Audit, Finding, audit
from autograd.teach.audit.findings import KINDS, MOST_PLACES, MOST_ROWS
from tests.models import DATA, Two, squared


def test_findings_come_in_order_of_importance() -> None:
    model = MLP(2, [3, 1], "relu", rng=0)
    model.spare = Value(1.0)  # type: ignore[attr-defined]
    model.layers[0].neurons[1].bias.data = -100.0
    found = [KINDS.index(f.kind) for f in audit(model, squared(model), DATA).findings]
    assert found == sorted(found)
    assert len(set(found)) == 3


def test_the_tables_say_the_same_once_for_several_and_name_the_modules() -> None:
    model = MLP(2, [2, 1], rng=0)

    def loss() -> Value:
        return (model([1.0, 2.0]) * 1.0).sign()

    found = audit(model, loss)
    assert len(found.findings) == 9
    assert (
        found.text
        == f"""\
MLP: 9 parameters, 1 loss, {found.nodes} nodes
not everything reached: 0 of 9 get a gradient
1 finding

finding    where                              what, and what to do about it

unreached  layers.0.neurons.0 (3 parameters)  gradient 0 from 1 loss: sign is flat: its
           layers.0.neurons.1 (3 parameters)  derivative is 0 everywhere
           layers.1.neurons.0 (3 parameters)  → put a smooth function in its place, such
                                              as sigmoid for step; one loss says little:
                                              pass data="""
    )
    assert str(found) == repr(found) == found.text
    assert found._repr_markdown_() == found.markdown
    assert found.markdown.count("\n| ") == 2


def test_of_many_modules_the_first_are_named_and_the_rest_counted() -> None:
    module = Finding("unused", "a.bias", "takes no part", "remove it", module="a")
    several = [module._replace(where=f"n{i}.bias", module=f"n{i}") for i in range(MOST_PLACES + 2)]
    text = Audit("Model", 10, 0, 1, 1, tuple(several)).text
    shown = [line.removeprefix("unused ").strip() for line in text.splitlines()[6:]]
    assert shown[0].split()[0] == "n0.bias"
    assert shown[2:] == [*(f"n{i}.bias" for i in range(2, MOST_PLACES - 1)), "and 3 more"]
    assert "\n1 finding\n" in text


def test_what_differs_is_said_of_the_first() -> None:
    one = Finding("dead", "relu in a", "gives 0 for all of 3 inputs", "wake it", module="a")
    other = one._replace(where="relu in b", what="gives 0 for all of 4 inputs", module="b")
    text = Audit("Model", 2, 2, 1, 1, (one, other)).text
    assert "gives 0 for all of 3 inputs; the others" in text


def test_a_long_table_is_cut_and_says_so() -> None:
    class Many(Module):
        def __init__(self) -> None:
            self.relus = [Value(-1.0 - i, f"p{i}") for i in range(MOST_ROWS + 3)]

        def forward(self) -> Value:
            return ag.sum([x.relu() for x in self.relus])

    model = Many()
    found = audit(model, model)
    assert len(found.findings) == MOST_ROWS + 3
    assert "\n27 findings\n" in found.text
    assert found.text.splitlines()[-1] == "… and 3 findings more"
    assert found.markdown.splitlines()[-1].endswith("3 findings more")


def test_hostile_labels_and_names_stay_text() -> None:
    model = Two(lambda a, b: a + b.step())
    model.parts = {"|<b>\n": Value(1.0)}  # type: ignore[attr-defined]
    model.b.label = "<script>|"
    found = audit(model, model)
    assert "<" not in found.markdown.replace("\\<", "")
    assert all("\n" not in finding.where for finding in found.findings)
