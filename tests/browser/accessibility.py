"""What axe finds wrong with a page as it stands: WCAG 2.2 AA, and what axe calls best practice."""

from axe_playwright_python.base import AXE_SCRIPT

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# What passes would otherwise be described element by element, which takes longer than looking.
OPTIONS = {"runOnly": list(RULES), "resultTypes": ["violations"]}
LOOK = "options => axe.run(options).then(found => found.violations)"


def violations(page):
    """(address, rule, the element) for each, with everything that folds unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(LOOK, OPTIONS)
    return [(page.url, rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]
