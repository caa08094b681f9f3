"""Forms: what comes from outside is cut to size and checked here, then handed to actions."""
