"""Runs one benchmark inside Django: `python -m benchmarks.child MODULE [ARGUMENT...]`.

Django is set up before the module is imported, because models cannot be imported earlier. The
database is made in another process, so that peaks of memory are those of a worker.
"""

import importlib
import os
import subprocess
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accessportal.settings")
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0", "--no-input"], check=True)
    django.setup()
    sys.exit(importlib.import_module(f"benchmarks.{sys.argv[1]}").main(sys.argv[2:]))
