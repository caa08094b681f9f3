"""Rows -> what a page needs, in a number of queries that does not grow with the rows."""
