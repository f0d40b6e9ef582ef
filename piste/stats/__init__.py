"""Numbers in, numbers out: the statistics of a sales process, without Django, without a clock.

What is handed in are plain tuples and arrays, what comes out are frozen results that carry their basis: how many deals or
visits they rest on, and an interval of 95 %. Times are in days (a float; 1.0 is 24 hours) since 1970-01-01 UTC.
"""
