"""TeX for people to MathML for browsers, safely.

Statements mix prose with TeX between dollar signs; links carry bare TeX. Both become markup that needs
neither fonts nor scripts. What the converter emits is never trusted: it is parsed, every element and
attribute must be on a list of harmless MathML, and it is written out again. Whatever fails is shown as
escaped TeX in `<code>`.
"""

from __future__ import annotations

import functools
import re
from xml.etree import ElementTree

from markupsafe import Markup, escape

RELATION_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", r"\le": "≤", r"\leq": "≤", r"\ge": "≥", r"\geq": "≥"}
"""How a relation of a claim or link is printed; others are printed as they are."""

_MACROS = {
    r"\E": r"\mathbb{E}",
    r"\R": r"\mathbb{R}",
    r"\N": r"\mathbb{N}",
    r"\Z": r"\mathbb{Z}",
    r"\P": r"\mathbb{P}",
    r"\diag": r"\operatorname{diag}",
    r"\tr": r"\operatorname{tr}",
    r"\Unif": r"\operatorname{Unif}",
    r"\Var": r"\operatorname{Var}",
    r"\Cov": r"\operatorname{Cov}",
    r"\arg": r"\operatorname{arg}",
    r"\argmin": r"\operatorname{argmin}",
    r"\argmax": r"\operatorname{argmax}",
}
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_MATH = re.compile(r"(?<!\\)\$\$(?P<display>.+?)(?<!\\)\$\$|(?<!\\)\$(?P<inline>[^$]+?)(?<!\\)\$", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")

# The converter copies < > & into its output unescaped; private characters pass through it in their place.
_TO_PRIVATE = {"<": "\ue000", ">": "\ue001", "&": "\ue002"}
_FROM_PRIVATE = {private: plain for plain, private in _TO_PRIVATE.items()}
_OPERATORS = frozenset("<>=≤≥≠≈≡∼∈∉⊂⊆∪∩∀∃⟹⟸⇒⇔→↦±×·−∘")
_FENCES = frozenset("⟨⟩")

# fmt: off
_TAGS = frozenset(
    {
        "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msub", "msup", "msubsup", "mfrac", "msqrt",
        "mroot", "mover", "munder", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom",
        "menclose", "mmultiscripts", "mprescripts", "none"
    }
)
_ATTRIBUTES = frozenset(
    {
        "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "display",
        "displaystyle", "fence", "form", "height", "lspace", "linebreak", "linethickness", "mathvariant",
        "maxsize", "minsize", "movablelimits", "notation", "rowlines", "rowspacing", "rspace",
        "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width"
    }
)
# fmt: on


def expand_macros(tex: str) -> str:
    r"""Write the papers' shorthands (`\E`, `\R`, `\diag`, …) in standard TeX.

    Examples
    --------
    >>> expand_macros(r"\E f_\sigma(x)")
    '\\mathbb{E} f_\\sigma(x)'
    """
    return _COMMAND.sub(lambda match: _MACROS.get(match.group(0), match.group(0)), tex)


def formula(tex: str, *, display: bool = False) -> Markup:
    """Return `tex` (without dollar signs) as MathML, or as escaped TeX where it cannot be converted."""
    return _formula(tex, display)


@functools.lru_cache(maxsize=8192)
def _formula(tex: str, display: bool) -> Markup:
    converted = _to_mathml(tex, display)
    if converted is not None:
        return Markup(converted)  # rebuilt from listed elements and attributes, escaped by ElementTree
    return Markup('<code class="tex">{}</code>').format(tex)


def _to_mathml(tex: str, display: bool) -> str | None:
    from latex2mathml.converter import convert

    source = expand_macros(tex).replace(r"\%", "%").replace("aligned}", "align*}")
    source = source.replace("<=", r"\le ").replace(">=", r"\ge ")
    aligned = r"\begin{" in source
    for plain, private in _TO_PRIVATE.items():
        if not (plain == "&" and aligned):
            source = source.replace(plain, private)
    try:
        root = ElementTree.fromstring(convert(source, display="block" if display else "inline"))
    except (
        Exception
    ):  # the converter raises its own errors, IndexError, KeyError …: all mean "not convertible"
        return None
    return _serialise(root)


def _serialise(root: ElementTree.Element) -> str | None:
    for element in root.iter():
        element.tag = element.tag.rsplit("}", 1)[-1]
        if element.tag not in _TAGS or (element.text or "").startswith("\\"):
            return None  # an unknown element, or a command that the converter did not know
        element.attrib = {key: value for key, value in element.attrib.items() if key in _ATTRIBUTES}
        for private, plain in _FROM_PRIVATE.items():
            element.text = element.text and element.text.replace(private, plain)
        if element.tag == "mi" and element.text in _OPERATORS | _FENCES:
            element.tag = "mo"
            if element.text in _FENCES:
                element.set("stretchy", "false")
    if root.get("display") == "inline":
        del root.attrib["display"]
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)


def prose(text: str) -> Markup:
    """Return prose with TeX between dollar signs and code between backticks as markup, the rest escaped."""
    parts: list[Markup] = []
    position = 0
    for match in _MATH.finditer(text):
        parts.append(_plain(text[position : match.start()]))
        display = match.group("display")
        parts.append(
            formula(match.group("inline"), display=False)
            if display is None
            else formula(display, display=True)
        )
        position = match.end()
    parts.append(_plain(text[position:]))
    return Markup("").join(parts)


def _plain(text: str) -> Markup:
    escaped = str(escape(text.replace(r"\$", "$")))
    escaped = re.sub(r"\n[-*] ", "<br>• ", escaped)
    escaped = _CODE.sub(r"<code>\1</code>", escaped)
    return Markup(re.sub(r"\n\s*\n", "<br>", escaped))


_WORDS = re.compile(r"[^\W\d_]{2,} +[^\W\d_]{2,}")


def is_prose(text: str) -> bool:
    """Return whether a text is prose (with dollar signs, or plain words and no commands) and not bare TeX."""
    return "$" in text or ("\\" not in text and _WORDS.search(text) is not None)


def tex_or_prose(text: str) -> Markup:
    """Return a side of a link, a hypothesis or a reason: prose with TeX between dollar signs, or bare TeX."""
    return prose(text) if is_prose(text) else formula(text)


def relation_sign(relation: str) -> Markup:
    """Return the sign of a relation such as "<=" or a TeX command."""
    stripped = relation.strip().strip("$").strip()
    sign = RELATION_SIGNS.get(stripped, stripped)
    return formula(sign) if sign.startswith("\\") else escape(sign)
