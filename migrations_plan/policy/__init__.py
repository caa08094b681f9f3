"""What IAM policies allow, in three values: allowed, denied, unknown. Pure: no Django, no settings.

Source: AWS's IAM user guide, "Policy evaluation logic"; docs/policy-evaluation.md says where we
follow what. A truth is True, False, or None for undecided: what is not known is never guessed.
"""
