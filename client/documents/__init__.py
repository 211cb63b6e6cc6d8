"""Documents on their way: sealed and uploaded by one side, fetched and checked by the other."""
