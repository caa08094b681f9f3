"""CloudTrail of the sample organisation: a story of who worked how, the log objects it leaves
behind, and the truth of it.

A day of the story is a function of world, seed, epoch and date alone, so days that were told stay
as they were and later days can be added. The truth comes from the story, never from reading the
written events, and nothing here knows the portal's own reader.
"""
