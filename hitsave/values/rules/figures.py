"""plotly: figures by what they show, as the library itself writes it down. In which order a layout was put together doesn't count; it is another in every process."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

from typing import Any, Final

from hitsave.values.code_names import CodeNames
from hitsave.values.forms import Form, NoFormError, Rule, form


def _figure(value: Any, _: CodeNames) -> Form:
    if type(value).__module__.partition(".")[0] != "plotly":
        raise NoFormError("Pass what its to_dict() gives")  # a class of its own may have more than it shows
    return form("plotly figure", children=(_sorted(value.to_dict()),), steps=("",))


def _sorted(part: Any) -> Any:
    if type(part) is dict:
        return {name: _sorted(part[name]) for name in sorted(part)}
    if type(part) in {list, tuple}:
        return [_sorted(item) for item in part]
    return part


RULES: Final = {
    "plotly:Figure": Rule(_figure, whole=True),
}
