"""Presentation only: times, verdicts, unknowns."""

from django import template

register = template.Library()
