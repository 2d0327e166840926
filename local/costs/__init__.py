"""What a synchronisation costs: requests and writes for each mapping, counted in one process."""
