"""Five trainings: what their pages hold, and that what is said of them is so."""

import re
from pathlib import Path
from typing import Any

import pytest

from autograd.optim import SGD
from examples.training_gallery import EXHIBITS, Exhibit, main

NAMES = [exhibit.name for exhibit in EXHIBITS]
BY_NAME = dict(zip(NAMES, EXHIBITS, strict=True))


def trained(exhibit: Exhibit, steps: int) -> tuple[Any, list[float]]:
    """The model after as many steps as the page would make, and the mean losses before each."""
    model, data, losses = exhibit.model(), list(exhibit.data()), []
    settings = exhibit.settings
    optimizer = SGD(model.parameters(), settings["rate"], settings.get("momentum", 0.0))
    for _ in range(steps):
        optimizer.zero_grad()
        for x, y in data:
            loss = exhibit.loss(model, x, y) / len(data)
            loss.backward()
            losses.append(loss.data)
        optimizer.step()
    many = len(data)
    return model, [sum(losses[i : i + many]) for i in range(0, len(losses), many)]


def test_there_are_five_pages_and_one_that_leads_to_them_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--out", str(tmp_path / "new")])
    index = (tmp_path / "new" / "index.html").read_text("utf-8")
    pages = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert pages == sorted([*(f"{name}.html" for name in NAMES), "index.html"])
    assert re.findall('href="(.*?)"', index) == [f"{name}.html" for name in NAMES]
    assert index.count("<details>") == index.count("?</summary>") == 5
    assert capsys.readouterr().out.endswith("index.html in a browser\n")
    for page in pages:
        text = (tmp_path / "new" / page).read_text("utf-8")
        assert not re.search(r"""(src|href)\s*=\s*["']?(https?:|//)""", text)


@pytest.mark.parametrize("name", NAMES)
def test_the_loss_falls(name: str) -> None:
    _, losses = trained(BY_NAME[name], 10)
    assert losses[-1] < 0.9 * losses[0]


def test_the_neuron_fits_its_points_and_has_no_gradient_left() -> None:
    neuron, losses = trained(BY_NAME["neuron"], 300)
    assert losses[-1] < 1e-2
    assert all(abs(parameter.grad) < 1e-2 for parameter in neuron.parameters())


def test_a_sample_of_exclusive_or_asks_something_else_of_a_weight_than_all_of_them() -> None:
    exhibit = BY_NAME["xor"]
    model, _ = trained(exhibit, 1)
    asked = []
    for x, y in exhibit.data():
        model.zero_grad()
        exhibit.loss(model, x, y).backward()
        asked.append([parameter.grad for parameter in model.parameters()])
    assert any(min(column) < 0.0 < max(column) for column in zip(*asked, strict=True))


def test_thousands_of_times_less_arrives_behind_the_sigmoids() -> None:
    model, _ = trained(BY_NAME["vanishing"], 1)
    behind = model.sigmoids.neurons[0].w[0].grad, model.relus.neurons[0].w[0].grad
    assert 0.0 < abs(behind[0]) < abs(behind[1]) / 2000


def test_the_saddle_is_a_rest_on_the_way_down() -> None:
    point, losses = trained(BY_NAME["saddle"], 150)
    assert sum(abs(loss) < 0.01 for loss in losses) > 15
    assert losses[-1] == pytest.approx(-1.0, abs=1e-6)
    assert abs(point.x.data) < 1e-6
