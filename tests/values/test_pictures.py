"""What figures, images and objects show of themselves."""

from __future__ import annotations

import base64
import json

import numpy as np
import plotly.graph_objects as go
import pytest
from matplotlib.figure import Figure
from PIL import Image

from hitsave.values.views import pictures
from hitsave.values.views.bounds import MOST_BYTES, Allowance
from hitsave.values.views.document import views_of


def unhurried() -> Allowance:
    """An allowance whose clock stands still."""
    return Allowance(clock=lambda: 0.0)


def view(value, *, rich=False):
    """The View of one value, as a reader has it."""
    return json.loads(views_of("f", value, [], rich=rich, allowance=unhurried()).content)["result"]


class OwnView:
    def __init__(self, of):
        self.of = of

    def __hitsave_view__(self):
        return self.of


class Html:
    def __init__(self, text):
        self.text = text

    def _repr_html_(self):
        return self.text


def test_figures_and_images_of_experiments_are_pictures():
    """Kept beside the View, which names them; without being asked to, only what they are is told."""
    figure = Figure()
    figure.subplots().plot([1, 2, 3])
    made = views_of(
        "f", {"m": figure, "p": go.Figure(go.Scatter(y=[1, 2])), "i": Image.new("RGB", (3000, 2000))}, [], rich=True, allowance=unhurried()
    )
    shapes = [shape for _, shape in json.loads(made.content)["result"]["items"]]
    assert [(shape["kind"], shape["media"], shape["attachment"]) for shape in shapes] == [
        ("figure", "image/png", "view-1.png"),
        ("figure", "application/vnd.plotly.v1+json", "view-2.json"),
        ("figure", "image/png", "view-3.png"),
    ]
    assert [picture.name for picture in made.pictures] == ["view-1.png", "view-2.json", "view-3.png"]
    assert made.pictures[0].content.startswith(b"\x89PNG")
    assert json.loads(made.pictures[1].content)["data"][0]["y"]
    assert (shapes[2]["width"], shapes[2]["height"], len(made.pictures[2].content) < 100_000) == (3000, 2000, True)
    plain = views_of("f", figure, [], allowance=unhurried())
    assert (json.loads(plain.content)["result"], plain.pictures) == ({"kind": "figure", "type": "matplotlib.figure.Figure"}, ())


def test_a_figure_of_too_much_is_not_drawn():
    """It says how much; there are never more than eight pictures."""
    figure = Figure()
    figure.subplots().plot(range(200_000))
    assert view(figure, rich=True)["left_out"] == "it has 200,000 points"
    assert view(Image.new("1", (5000, 5000)), rich=True)["left_out"] == "it has 25,000,000 pixels"
    made = views_of("f", [Image.new("1", (2, 2))] * 12, [], rich=True, allowance=unhurried())
    assert len(made.pictures) == 8
    assert "too many" in json.loads(made.content)["result"]["items"][8]["left_out"]


def test_what_an_object_shows_of_itself_is_data_for_a_sandbox():
    """Markup may hold scripts; it is kept as it is, and only of experiments."""
    assert view(Html("<b>x</b><script>"), rich=True) == {
        "kind": "markup", "type": f"{__name__}.Html", "media": "text/html", "sandbox": True, "length": 16, "text": "<b>x</b><script>",
    }  # fmt: skip
    assert view(Html("<b>x</b>"))["kind"] == "object"
    made = views_of("f", Html("ü" * 100_000), [], rich=True, allowance=unhurried())
    assert json.loads(made.content)["result"]["attachment"] == made.pictures[0].name == "view-1.html"
    assert view(Html("x" * 5_000_000), rich=True)["left_out"] == "it is too large"


def test_an_object_may_say_what_to_show():
    """`__hitsave_view__` gives any value, which is looked at as any other."""
    assert view(OwnView({"a": 1}))["view"]["items"][0][1] == {"kind": "int", "value": 1}
    assert len(json.dumps(view(OwnView(["x" * 1000] * 1000)))) <= MOST_BYTES
    itself = OwnView(None)
    itself.of = itself
    assert view(itself)["kind"] == "failed"


@pytest.mark.parametrize("problem", [ValueError("secret text"), RecursionError(), SystemError()])
def test_a_view_that_fails_says_so(problem):
    """And no more than the type of what was raised; the others are not disturbed."""

    class Fails:
        def __hitsave_view__(self):
            raise problem

    shown = view([Fails(), 1])["items"]
    assert (shown[0]["kind"], shown[0]["why"], shown[1]) == ("failed", type(problem).__name__, {"kind": "int", "value": 1})


def test_a_kind_of_figure_that_is_slow_is_drawn_for_a_small_share_of_the_time():
    """Beyond what is spent on it anyway; the first one says nothing, as it loads fonts."""
    now = [100.0]
    drawings = pictures.Drawings(budget=1.0, clock=lambda: now[0])
    drawings.took("Figure", 5.0)
    assert drawings.may("Figure")
    drawings.took("Figure", 2.0)
    assert not drawings.may("Figure")
    assert drawings.may("Image")
    now[0] += 30.0
    assert drawings.may("Figure")
    drawings.took("Figure", 0.1)
    assert all(drawings.may("Figure") for _ in range(100))


def test_a_sweep_of_short_runs_with_slow_figures_has_all_of_them():
    """Some dozens; a thousand of them would hold it up for longer than anyone waits for pictures."""
    drawings = pictures.Drawings(clock=lambda: 100.0)
    drawn = 0
    while drawings.may("Figure"):
        drawings.took("Figure", 2.0)
        drawn += 1
    assert 24 <= drawn <= 50


def test_an_object_that_has_markdown_of_itself_shows_it():
    """As text, for whoever shows it to read it."""

    class Report:
        def _repr_markdown_(self):
            return "# A head"

    shown = view(Report(), rich=True)
    assert (shown["kind"], shown["media"], shown["text"]) == ("markup", "text/markdown", "# A head")


def test_an_array_that_can_be_an_image_is_one():
    """At most 64 pixels a side, from least to greatest; in colour where it is a picture; never of a plain result."""
    steps = np.arange(200 * 100, dtype=float).reshape(200, 100)
    steps[0, 0] = np.nan
    preview = view(steps, rich=True)["preview"]
    pixels = base64.b64decode(preview["pixels"])
    assert (preview["width"], preview["height"], len(pixels)) == (25, 50, 1250)
    assert (pixels[1], pixels[-1]) == (0, 255)
    colours = view(np.full((8, 8, 3), 7, np.uint8), rich=True)["preview"]
    assert base64.b64decode(colours["pixels"]) == bytes([7]) * 192
    assert "preview" not in view(steps)
    assert "preview" not in view(np.arange(300.0), rich=True)


def test_what_was_slow_once_is_not_asked_again_for_a_plain_result(monkeypatch):
    """There is no stopping a method that runs, so its class loses its turn; experiments, whose pictures are what they are for, have more patience."""

    class Slow:
        def __hitsave_view__(self):
            return 1

    monkeypatch.setattr(pictures, "_SLOW_SECONDS", -1.0)
    monkeypatch.setattr(pictures, "_slow", set())
    assert view(Slow())["kind"] == "custom"
    assert view(Slow())["why"] == "TimeoutError"
    assert view(Slow(), rich=True)["kind"] == "custom"


def test_an_experiment_stops_asking_for_what_used_up_its_time(monkeypatch):
    """As with figures."""
    monkeypatch.setattr(pictures, "_SLOW_FIGURE_SECONDS", -1.0)
    monkeypatch.setattr(pictures, "_MOST_SHARE", 0.0)
    monkeypatch.setattr(pictures, "_drawings", pictures.Drawings(budget=-1.0))
    assert [view(Html("x"), rich=True)["kind"] for _ in range(3)] == ["markup", "markup", "failed"]
