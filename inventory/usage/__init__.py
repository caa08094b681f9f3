"""Usage: log objects counted, each event once, and what the portal knows from the counts."""
