"""What the numbers of a plan are called on pages."""

SETTING_WORDS = {
    "parallel_hours": "Hours for which both ways stay open",
    "session_hours": "Longest session of a permission set, hours",
    "volunteers": "Volunteers who sign in first",
    "org_admins_least": "People with the organization's administration, at least",
    "org_admins_most": "People with the organization's administration, at most",
    "reviewers": "Reviewers of a permission set",
    "production_reviewers": "Reviewers where production is touched",
    "review_days": "Days after which a permission set is reviewed again",
    "unused_days": "Days without use after which a credential counts as unused",
    "break_glass_hours": "Longest session of break-glass, hours",
    "break_glass_uses_seen": "Uses of break-glass that the story saw",
    "exempt_roles": "Roles that may still make IAM users",
    "regression_days": "Days between two looks for regressions",
    "trail_dollars_month": "Dollars a month that the log may cost",
    "root_keys": "Access keys of the root user",
}
