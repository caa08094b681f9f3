"""The one way an import fails."""


class ImportProblem(Exception):
    """One sentence: which file, which record in it ('' is the file itself), and why."""

    def __init__(self, file: str, record: str, reason: str) -> None:
        super().__init__(": ".join(part for part in (file, record, reason) if part))
        self.file = file
        self.record = record
        self.reason = reason
