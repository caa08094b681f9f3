"""Pure rules: facts and the time in, verdicts and words out. No Django."""
