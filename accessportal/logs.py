"""Log lines: one line per event, whatever the message holds."""

import json
import logging
from datetime import UTC, datetime


class LineFormatter(logging.Formatter):
    """JSON lines. json.dumps escapes line breaks, escapes and NUL, so nobody can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object: at, level, logger, message and, for an error, its trace."""
        line = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)
