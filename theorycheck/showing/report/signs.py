"""Marks and colours of statuses and outcomes; a mark stands beside every colour, so that none is needed."""

from __future__ import annotations

STATUS_MARKS = {
    "proved": "✓",
    "certified": "◆",
    "conditional": "◇",
    "supported": "≈",
    "refuted": "✗",
    "contested": "≁",
    "inconclusive": "?",
    "defined": "≔",
}

OUTCOME_MARKS = {
    "verified": "✓",
    "failed": "✗",
    "unverified": "?",
    "not violated": "≈",
    "violated": "✗",
    "implemented": "✓",
    "agrees": "≈",
    "disagrees": "✗",
    "undecided": "?",
    "not compared": "?",
}

OUTCOME_TONES = {
    "verified": "proved",
    "failed": "refuted",
    "unverified": "inconclusive",
    "not violated": "supported",
    "violated": "refuted",
    "implemented": "proved",
    "agrees": "supported",
    "disagrees": "refuted",
    "undecided": "inconclusive",
    "not compared": "inconclusive",
}
"""The status whose colour an outcome borrows."""

STATUS_COLOURS = {
    "proved": "#00735a",
    "certified": "#0062ad",
    "conditional": "#00697a",
    "supported": "#7a4b94",
    "refuted": "#b84300",
    "contested": "#a8325e",
    "inconclusive": "#806300",
    "defined": "#5b6570",
}
"""Contrast with white at least 4.5; the report's style sheet has them too, with those of the dark mode."""

FULLY_PROVED_MARK = "∎"
