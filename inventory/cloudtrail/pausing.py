"""Python's search for cycles, paused where many thousand objects are made that have none: each
search would look at all of them again, and find nothing."""

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def without_collection(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The function, with the search paused while it runs."""

    @wraps(function)
    def paused(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        if not gc.isenabled():
            return function(*args, **kwargs)
        gc.disable()
        try:
            return function(*args, **kwargs)
        finally:
            gc.enable()

    return paused
