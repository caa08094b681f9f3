"""What is derived from facts and decisions, kept up to date by passes.

A pass is idempotent, one of a kind runs at a time, in a fixed number of queries, and it finds out
by itself what it is due for. inventory.after calls each when work is over, in the order of
migrations_plan.apps.DERIVED.
"""
