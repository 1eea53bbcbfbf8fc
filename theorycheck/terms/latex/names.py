"""How names print: sigma is σ, x_0 has a subscript, x_star a star."""

from __future__ import annotations

import re

GREEK = frozenset(
    {
        *(
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "varepsilon",
            "zeta",
            "eta",
            "theta",
            "iota",
            "kappa",
        ),
        *(
            "lambda",
            "mu",
            "nu",
            "xi",
            "rho",
            "sigma",
            "tau",
            "upsilon",
            "phi",
            "varphi",
            "chi",
            "psi",
            "omega",
        ),
        *("pi", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega", "ell"),
    }
)
_ACCENTS = {"hat": r"\hat{%s}", "bar": r"\bar{%s}", "tilde": r"\tilde{%s}", "prime": "%s'"}
_SUBSCRIPTS = {"star": "*", "max": r"\max", "min": r"\min", "inf": r"\inf", "infinity": r"\infty"}
_NUMBERED = re.compile(r"([A-Za-z]+?)(\d+)")


def name_latex(name: str) -> str:
    r"""A name of the space in TeX.

    Examples
    --------
    >>> name_latex("lambda_"), name_latex("x_star"), name_latex("b2"), name_latex("x_hat_t"), name_latex("rate")
    ('\\lambda', 'x_{*}', 'b_{2}', '\\hat{x}_{t}', '\\mathrm{rate}')
    """
    stem, *indices = [part for part in name.split("_") if part] or ["_"]
    numbered = _NUMBERED.fullmatch(stem)
    if numbered and (len(numbered.group(1)) == 1 or numbered.group(1) in GREEK):
        stem, indices = numbered.group(1), [numbered.group(2), *indices]
    base = _letters(stem)
    while indices and indices[0] in _ACCENTS:
        base = _ACCENTS[indices.pop(0)] % base
    subscripts = [_SUBSCRIPTS.get(index) or _letters(index) for index in indices]
    return f"{base}_{{{', '.join(subscripts)}}}" if subscripts else base


def _letters(text: str) -> str:
    if text in GREEK:
        return f"\\{text}"
    numbered = _NUMBERED.fullmatch(text)
    if len(text) == 1 or text.isdigit() or (numbered and len(numbered.group(1)) == 1):
        return text
    escaped = text.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}"
