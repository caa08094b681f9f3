"""Numbers as people say them."""


def counted(number: int, one: str, many: str = "") -> str:
    """'1 read', '2 reads'; many: where the plural is more than an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"
