"""What a page shows is compared with what was printed: what varies may vary, all else must be the same."""

from __future__ import annotations

import pytest

from tests.docs.matching import matches
from tests.docs.pages import PageError, edited, stories_of

SHOWN = """ID         FUNCTION     TOOK     WHEN
01m830m88  train:train  4 min 2 s  3 s ago"""


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        (SHOWN, "ID          FUNCTION     TOOK   WHEN\n01m8zzzzz1  train:train  12 ms  just now\n"),
        ("took ... of 3", "took some of 3"),
        ("first\n...\nlast", "first\na\nb\nlast"),
        ("first\n...\nlast", "first\nlast"),
        ("numpy  2.5.5", "numpy 1.26.4"),
        ("on 2026-05-02 10:31", "on 2027-01-01 00:00"),
        ("red", "\x1b[31mred\x1b[0m\n"),
    ],
)
def test_what_varies_may_vary(shown, printed):
    """Times, ages, IDs, versions, dates, spaces, colours, and what stands under dots."""
    assert matches(shown, printed) is not None


@pytest.mark.parametrize(
    ("shown", "printed"), [("a 1", "a 2"), ("a", "a b"), ("a\nb", "a b"), ("2 hits", "3 hits"), ("took ... of 3", "took some\nof 3"), ("4 s", "4")]
)
def test_all_else_must_be_the_same(shown, printed):
    """Words, numbers, lines."""
    assert matches(shown, printed) is None


def test_an_id_on_a_page_stands_for_the_one_that_was_printed():
    """So that a later command can name it."""
    assert matches(SHOWN, SHOWN.replace("01m830m88", "01m8zzzzz1")) == {"01m830m88": "01m8zzzzz1"}


def test_an_edit_is_of_what_is_there_once():
    """Anything else is a mistake of the page."""
    assert edited("a\nb\nc\n", " a\n-b\n+x\n@@\n c\n+d\n") == "a\nx\nc\nd\n"
    for text in ("x\n", "b\nb\n"):
        with pytest.raises(PageError):
            edited(text, "-b\n+x\n")


def test_a_page_says_what_each_block_is(tmp_path):
    """Names, reasons, replacements; a language that nothing here knows is refused."""
    page = tmp_path / "page.md"
    page.write_text("<!-- in tests: 9 → 1 -->\n```python a.py\nx = 9\n```\n```python (not run: it is long)\n```\n```python\nprint(1)\n# → 1\n```\n")
    (story,) = stories_of(page)
    assert [(block.name, block.reason, block.text.strip(), block.prints) for block in story.blocks] == [
        ("a.py", "", "x = 1", None),
        ("", "it is long", "", None),
        ("", "", "print(1)\n# → 1", "1"),
    ]
    page.write_text("```py\n```\n")
    with pytest.raises(PageError, match="py"):
        stories_of(page)
