"""What the demo decides, so that there is something to look at. Never used outside of it."""
