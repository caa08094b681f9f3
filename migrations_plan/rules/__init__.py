"""Rules: pure functions of facts and the time. No Django, no settings."""
