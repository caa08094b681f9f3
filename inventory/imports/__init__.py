"""Files that people saved from AWS's command line or console, and rosters, as records.

Reading and parsing is pure (no Django): files.py, iam_snapshot.py, credential_report.py,
aws_listing.py, roster.py. saving.py puts the parts of one file into the database, all or nothing.
"""
