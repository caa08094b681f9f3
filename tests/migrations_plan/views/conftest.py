"""What tests of the forecast's pages share: four people, and a lead who looks at them."""

import pytest

from tests import builders
from tests.forecasts import company, run


@pytest.fixture
def made():
    return company()


@pytest.fixture
def people(made):
    """Ada and Ben would lose a write, Ben nothing else; Cem loses nothing; Dan has no set."""
    ada, ben, cem = (made.person(name) for name in ("Ada", "Ben", "Cem"))
    dan = made.person("Dan", assigned=False)
    for person in (ada, ben, cem):
        made.calls(person, events=5)
    made.calls(ada, "PutObject", events=7)
    made.calls(ben, "PutObject", events=2, resource="arn:aws:s3:::reports/other.csv")
    made.calls(ada, "DoThings", source="unheardof.amazonaws.com", events=1, resource="")
    made.calls(ada, "PutObject", events=3, error="AccessDenied", days=4)
    made.calls(dan, events=4)
    run()
    return {"ada": ada, "ben": ben, "cem": cem, "dan": dan}


@pytest.fixture
def lead():
    return builders.signed_in("lead")


def pytest_itemcollected(item):
    """Pages are tested over the database of production, once; every address is opened, and every
    list counted, over SQLite too (test_access.py, test_query_growth.py)."""
    item.add_marker("production")
