"""A department from its units: amounts summed, internal dealings offset, lists and reasons gathered.

``units`` reads, ``combine`` sums, ``offsets`` takes out what one unit paid another, ``compare``
holds a department's own workbook against its units.  What is summed and what is not follows from the
pack; nothing here knows a table by its name.
"""
