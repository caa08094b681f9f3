"""How gunicorn runs. In the embedded profile one process holds web, worker and scheduler."""

import os

from gunicorn.workers.base import Worker

from accessportal import embedded, heap

EMBEDDED = not (os.environ.get("REDIS_URL") or os.environ.get("REDIS_URL_FILE"))

bind = os.environ.get("PORTAL_BIND") or f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
# Embedded, a second process would be a second worker and scheduler: harmless, but wasteful.
workers = 1 if EMBEDDED else int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
timeout = 60
graceful_timeout = 10
keepalive = 5
# The socket would be made in the user's home, which a service account may not have.
control_socket_disable = True
accesslog = os.environ.get("ACCESS_LOG") or None
loglevel = "warning"
# Whole requests in memory stay small; longer heads are refused.
limit_request_line = 8190
limit_request_fields = 64


def post_worker_init(worker: Worker) -> None:
    """Called in the web process once Django is loaded."""
    heap.settle()
    if EMBEDDED:
        embedded.start()


def worker_exit(server: object, worker: Worker) -> None:
    """Called when the web process ends."""
    embedded.stop()
