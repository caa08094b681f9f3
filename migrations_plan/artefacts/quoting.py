"""Outside texts, quoted for each exit by that exit's own rules.

Names, paths, tags and descriptions come from AWS, where anybody with write access chose them. A
text that an exit cannot hold raises QuotingError: no exit drops a character silently, except where
a comment or a sentence is read by people only.
"""

import json
import re
import shlex
import unicodedata
from collections.abc import Mapping, Sequence

# What a page or a terminal may take for something else: controls, and marks that turn the
# direction of writing around.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MARKDOWN_SIGNS = re.compile(r"[!-&(-+./:-@\[-`{-~]")
# As entities, which a renderer that lets HTML through does not take for HTML either.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class QuotingError(ValueError):
    """A text that an exit cannot hold. str() is one sentence."""


def sh(text: str) -> str:
    """One word of a shell command, always in quotes: shells read a bare =x or {x} their own way."""
    if "\0" in text:
        raise QuotingError("A shell word cannot hold the character NUL.")
    quoted = shlex.quote(text)
    return quoted if quoted != text else f"'{text}'"


def sh_option(name: str, value: str) -> str:
    """--name=value as one word: a value with a leading dash stays a value."""
    return sh(f"--{name}={value}")


def comment_text(text: str) -> str:
    """A text on one line of a comment, whatever it holds."""
    return "".join(_REPLACEMENT if _is_unseen(sign) else sign for sign in text)


def hcl(text: str) -> str:
    """A string of Terraform's language; '${' and '%{' stay text."""
    escaped = "".join(_escaped(sign) for sign in text)
    return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'


def hcl_value(value: object, indent: int = 0) -> str:
    """A JSON value as an expression of Terraform's language, as `terraform fmt` would write it."""
    pad, inner = "  " * indent, "  " * (indent + 1)
    if isinstance(value, str):
        return hcl(value)
    if isinstance(value, Mapping):
        return _hcl_object(value, indent) if value else "{}"
    if isinstance(value, Sequence):
        items = "".join(f"{inner}{hcl_value(item, indent + 1)},\n" for item in value)
        return f"[\n{items}{pad}]" if value else "[]"
    return json.dumps(value)


def yaml(text: str) -> str:
    """A YAML scalar. Not JSON's: YAML knows no character in two halves."""
    return '"' + "".join(_escaped(sign) for sign in text) + '"'


def md(text: str) -> str:
    """Words inside a Markdown sentence: no markup, no link, no line of their own."""
    return _MARKDOWN_SIGNS.sub(
        lambda sign: _ENTITIES.get(sign[0], f"\\{sign[0]}"), comment_text(text)
    )


def md_code(text: str) -> str:
    """A Markdown code span, with a fence longer than any inside."""
    clean = comment_text(text)
    longest = max((len(run) for run in re.findall("`+", clean)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest or clean != clean.strip() or not clean else ""
    return f"{fence}{pad}{clean or '-'}{pad}{fence}"


def md_block(text: str, language: str) -> str:
    """A Markdown code block, with a fence longer than any inside."""
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


def policy_json(document: Mapping[str, object]) -> str:
    """A policy document for reading. Its order is kept: it is part of what is reviewed."""
    return json.dumps(document, indent=2) + "\n"


def slug(text: str) -> str:
    """Letters, digits and dashes, for file names; may be empty."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _hcl_object(value: Mapping[str, object], indent: int) -> str:
    """`terraform fmt` lines the equals signs of neighbours up where values take one line."""
    pad, inner = "  " * indent, "  " * (indent + 1)
    rows = [(hcl(str(key)), hcl_value(item, indent + 1)) for key, item in value.items()]
    return f"{{\n{aligned(rows, inner)}{pad}}}"


def aligned(rows: Sequence[tuple[str, str]], pad: str) -> str:
    """Lines `key = value` as `terraform fmt` writes them.

    It lines up runs of one-line values; a value of several lines ends a run and stands alone.
    """
    lines: list[str] = []
    run: list[tuple[str, str]] = []
    for key, text in [*rows, ("", "\n")]:
        if "\n" not in text:
            run.append((key, text))
            continue
        width = max((len(name) for name, _ in run), default=0)
        lines += [f"{pad}{name.ljust(width)} = {value}\n" for name, value in run]
        run = []
        if key:
            lines.append(f"{pad}{key} = {text}\n")
    return "".join(lines)


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if 0xD800 <= ord(sign) <= 0xDFFF:
        raise QuotingError("A text cannot hold half a character.")
    if not _is_unseen(sign):
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in _UNSEEN
