"""In which themes pages full of rows are looked at."""

import pytest

# Every address is tried by test_every_page (dark in the long drills). These, with rows in every
# state, are tried dark in the long drills only, because each takes twenty seconds; those of rooms
# that have stood as they are for a while, light too.
FULL_PAGES = pytest.mark.parametrize(
    "theme", ["light", pytest.param("dark", marks=pytest.mark.nightly)]
)
SETTLED_PAGES = pytest.mark.parametrize(
    "theme", [pytest.param(theme, marks=pytest.mark.nightly) for theme in ("light", "dark")]
)
