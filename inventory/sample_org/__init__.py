"""A simulated AWS organisation over HTTP, for the demo, the tests and the benchmarks.

moto gives the services; this package completes what moto lacks or gets wrong, seeds a whole company
into it, enforces least privilege at the door, and knows the truth about what it seeded. Nothing in
the portal imports it: the portal sees only an endpoint URL.
"""
