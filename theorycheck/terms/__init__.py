"""The language of formulas and its evaluators."""
