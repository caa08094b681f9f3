"""What is gathered is tested over the database of production; every page that shows it is opened
over SQLite too (test_access.py, test_query_growth.py)."""


def pytest_itemcollected(item):
    if item.get_closest_marker("embedded") is None:
        item.add_marker("production")
