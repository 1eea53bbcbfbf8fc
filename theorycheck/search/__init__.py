"""Finding proofs: whatever is proposed here goes through `theorycheck.kernel`, so nothing here is trusted."""
