"""Passes are the same code over both databases; journeys and the demo run them over SQLite."""


def pytest_itemcollected(item):
    item.add_marker("production")
