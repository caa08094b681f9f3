"""Slow iterators read at once, by threads that do not run ahead of whoever takes from them."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, Full, Queue
from threading import Event
from typing import TypeVar

T = TypeVar("T")
THREADS = 8
AHEAD = 32
# How soon a thread that waits notices that nobody takes any more.
PATIENCE_SECONDS = 0.2


def side_by_side(makers: Sequence[Callable[[], Iterator[T]]]) -> Iterator[T]:
    """Everything that the iterators give, in no order. What one raises is raised here."""
    queue: Queue[T] = Queue(AHEAD)
    stop = Event()

    def run(make: Callable[[], Iterator[T]]) -> None:
        for item in make():
            while not stop.is_set():
                with suppress(Full):
                    queue.put(item, timeout=PATIENCE_SECONDS)
                    break

    with ThreadPoolExecutor(THREADS, thread_name_prefix="side") as pool:
        futures = [pool.submit(run, make) for make in makers]
        try:
            yield from _until_done(queue, futures)
        finally:
            stop.set()
            for future in futures:
                future.cancel()


def _until_done(queue: Queue[T], futures: Sequence[Future[None]]) -> Iterator[T]:
    while True:
        # Asked before looking: what was put by one that is done is in the queue by now.
        done = all(future.done() for future in futures)
        try:
            yield queue.get(timeout=0 if done else PATIENCE_SECONDS)
        except Empty:
            if done:
                break
    for future in futures:
        future.result()
