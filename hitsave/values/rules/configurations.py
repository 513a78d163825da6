"""OmegaConf's configurations, Hydra's among them: what they say, and what their interpolations lead to, wherever they lie in a larger one."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# OmegaConf need not be installed.
from __future__ import annotations

from typing import Any, Final

from hitsave.values.code_names import CodeNames
from hitsave.values.forms import Form, Rule, form


def _configuration(value: Any, _: CodeNames) -> Form:
    from omegaconf import OmegaConf, SCMode  # pyright: ignore[reportMissingImports]

    given: Any = OmegaConf.to_container(value, resolve=False, structured_config_mode=SCMode.DICT)
    # Interpolations may lead out of it, and to resolvers, which are code; so the values that they have now count.
    try:
        meant: Any = OmegaConf.to_container(value, resolve=True, structured_config_mode=SCMode.DICT)
    except Exception as problem:  # noqa: BLE001 - of a resolver, or of an interpolation that leads nowhere: whoever asks for that gets it
        meant = f"{type(problem).__name__}: {problem}"
    flags = (OmegaConf.is_readonly(value), OmegaConf.is_struct(value))
    return form("OmegaConf", type(value).__name__, flags, children=(OmegaConf.get_type(value), given, meant), steps=("", "", ""))


RULES: Final = {
    "omegaconf:DictConfig": Rule(_configuration, whole=True),
    "omegaconf:ListConfig": Rule(_configuration, whole=True),
}
