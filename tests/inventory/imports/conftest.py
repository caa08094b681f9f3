"""Files become records here; how records are kept is tested over both databases (test_store.py)."""


def pytest_itemcollected(item):
    item.add_marker("embedded")
