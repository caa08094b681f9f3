"""Every human write: permission, change, journal line, one transaction. Fails closed."""
