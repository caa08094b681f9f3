"""Decisions about plans are tested over the database of production; every address that takes one
is opened over SQLite too (test_access.py)."""


def pytest_itemcollected(item):
    item.add_marker("production")
