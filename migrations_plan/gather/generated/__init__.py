"""Rows -> the facts that exits are made from, or the sentence why nothing can be made."""
