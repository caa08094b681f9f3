"""Our own Markdown as blocks for a page, and as a page of HTML that prints.

Only what the exits of this room write: headings, paragraphs, lists, code. A text from outside comes
through quoting.md or md_code and stays a text here as well; nothing is taken for markup.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape

from migrations_plan.artefacts.artefact import Artefact, artefact, instant

HTML = "text/html"
FENCE = re.compile(r"(`{3,})(.*)")
HEADING = re.compile(r"(#{1,3}) (.*)")
ITEM = re.compile(r"( *)(?:(\d+)\.|-) (.*)")
SPAN = re.compile(
    r"(?P<escaped>\\[!-/:-@\[-`{-~])"
    r"|(?P<fence>`+)(?P<code>.+?)(?<!`)(?P=fence)(?!`)"
    r"|(?<!\w)\*(?P<em>[^*]+)\*(?!\w)"
)
STYLE = (
    "body{font:11pt/1.5 sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}"
    "pre{border:1px solid #999;padding:.5rem;overflow-wrap:anywhere;white-space:pre-wrap}"
    "code{font-family:monospace}.deep{margin-left:2rem}.item{margin:.2rem 0}"
)


@dataclass(frozen=True, slots=True)
class Block:
    """kind: h1, h2, h3, p, item or code. mark: '1.' or a dot of an item. depth: of an item, from 0.
    spans: (kind, text) with kind text, code or em."""

    kind: str
    spans: tuple[tuple[str, str], ...]
    mark: str = ""
    depth: int = 0


def blocks(text: str) -> tuple[Block, ...]:
    """The whole text, in order."""
    return tuple(_blocks(text.splitlines()))


def page_html(page: Artefact) -> Artefact:
    """The same page as HTML."""
    found = blocks(page.text)
    title = next((_plain(one) for one in found if one.kind == "h1"), page.name)
    body = "\n".join(_html(one) for one in found)
    text = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n"
        f"<footer><p>Made from facts as of {instant(page.made_from_at)}. SHA-256 of the Markdown: "
        f"<code>{page.sha256}</code></p></footer>\n</body>\n</html>\n"
    )
    return artefact(page.name.removesuffix(".md") + ".html", HTML, text, page.made_from_at)


def _blocks(lines: list[str]) -> Iterator[Block]:
    waiting: list[str] = []
    started: Block | None = None
    at = 0
    while at < len(lines):
        line = lines[at]
        fence, heading, item = FENCE.fullmatch(line), HEADING.fullmatch(line), ITEM.fullmatch(line)
        if fence or heading or item or not line.strip() or line.startswith("<!--"):
            yield from _ended(started, waiting)
            started, waiting = None, []
        if fence:
            end = next((n for n in range(at + 1, len(lines)) if lines[n] == fence[1]), len(lines))
            yield Block("code", (("text", "\n".join(lines[at + 1 : end])),))
            at = end
        elif heading:
            yield Block(f"h{len(heading[1])}", _spans(heading[2]))
        elif item:
            mark = f"{item[2]}." if item[2] else "•"
            started, waiting = Block("item", (), mark, min(len(item[1]) // 2, 3)), [item[3]]
        elif line.strip() and not line.startswith("<!--"):
            waiting.append(line.strip())
        at += 1
    yield from _ended(started, waiting)


def _ended(started: Block | None, waiting: list[str]) -> Iterable[Block]:
    if not waiting:
        return
    spans = _spans(" ".join(waiting))
    if started is None:
        yield Block("p", spans)
    else:
        yield Block("item", spans, started.mark, started.depth)


def _spans(text: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    plain, at = "", 0
    for span in SPAN.finditer(text):
        plain += unescape(text[at : span.start()])
        at = span.end()
        if span["escaped"]:
            plain += span["escaped"][1]
            continue
        found += [("text", plain)] if plain else []
        plain = ""
        found.append(("em", span["em"]) if span["em"] else ("code", _code(span["code"])))
    plain += unescape(text[at:])
    return (*found, ("text", plain)) if plain else tuple(found)


def _code(text: str) -> str:
    """One space on each side belongs to the fence."""
    padded = text.startswith(" ") and text.endswith(" ") and text.strip()
    return text[1:-1] if padded else text


def _plain(block: Block) -> str:
    return "".join(text for _, text in block.spans)


def _html(block: Block) -> str:
    if block.kind == "code":
        return f"<pre>{escape(_plain(block))}</pre>"
    tags = {"code": ("<code>", "</code>"), "em": ("<em>", "</em>"), "text": ("", "")}
    inner = "".join(f"{tags[kind][0]}{escape(text)}{tags[kind][1]}" for kind, text in block.spans)
    if block.kind == "item":
        deep = " deep" if block.depth else ""
        return f'<p class="item{deep}">{escape(block.mark)} {inner}</p>'
    return f"<{block.kind}>{inner}</{block.kind}>"
