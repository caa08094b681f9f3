"""Runs one benchmark inside Django: `python -m benchmarks.child MODULE [ARGUMENT...]`.

Django is set up before the module is imported, because models cannot be imported earlier.
"""

import importlib
import os
import sys

import django
from django.core.management import call_command

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accessportal.settings")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    sys.exit(importlib.import_module(f"benchmarks.{sys.argv[1]}").main(sys.argv[2:]))
