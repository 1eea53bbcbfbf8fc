"""What is asserted and what was found: claims, hypotheses, verdicts, claim files."""
