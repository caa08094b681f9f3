"""Every human write about plans: permission, change, journal line, one transaction."""
