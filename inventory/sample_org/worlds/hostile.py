"""Strings that somebody with write access chose, to break whoever shows them carelessly.

HTML, spreadsheet formulas, line breaks, text direction: all within what a field of AWS can carry or
what an importer might let through.
"""

from inventory.sample_org.spec import Tags

# IAM names may use letters, digits and + = , . @ _ - only; that is enough for a formula.
USER_NAMES = ("=cmd", "+SUM", "@import")
USER_PATH = "/<b>x</b>/"
SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
FORMULA = '=HYPERLINK("http://example.com")'
TWO_LINES = "first line\nsecond line"
RIGHT_TO_LEFT = "report-\u202efdp.exe"

TAGS: tuple[Tags, ...] = (
    (("note", SCRIPT), ("team", IMAGE)),
    (("link", FORMULA), ("bio", TWO_LINES)),
    (("file", RIGHT_TO_LEFT), ("Owner", "nobody'); DROP TABLE people;--")),
)

ACCOUNT_SUFFIX = f" {SCRIPT}"
ACCOUNT_NAME = "acme-staging \"QA\" & 'UAT'"
DISPLAY_NAME = f"Ivo {IMAGE} Petrov"
FORMULA_NAME = '=1+1 Nadia, "O\'Hara"'
GROUP_NAME = '<img src=x onerror=alert(1)> "team"'
SET_DESCRIPTION = f'Read-only everywhere {SCRIPT} "auditors" =1+1'
ROLE_DESCRIPTION = f"Deploys {IMAGE}"
POLICY_DESCRIPTION = f"@SUM(A1) {SCRIPT}"
