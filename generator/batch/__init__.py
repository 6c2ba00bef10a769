"""Many departments in one go: found, divided among processes or a cluster, recorded, summed up.

One job is one department and plain data on both sides (``job``); ``pool`` and ``cluster`` run the
same function, so their files are the same to the byte.  ``ledger`` remembers what was done: a run
that was killed goes on where it stopped, and what has not changed is not done again.
"""
