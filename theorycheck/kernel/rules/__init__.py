"""The rules."""
RULES = {}
