"""How long a change takes: from a person's edit on one side until the other side holds the value.

The whole environment runs as processes. Customers are edited one at a time at random moments of a few
minutes, so that they fall everywhere within the minute of the timer; the other side is listed in bulk many
times a second. Once with the minute timer alone, once with webhooks beside it.
"""
