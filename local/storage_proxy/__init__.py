"""A proxy between the functions hosts and the storage emulator that makes storage fail as Azure's can.

One process stands before one service of the account, queues or tables. It passes requests on as they are,
refuses what Azure Storage refuses and the emulator lets pass, suffers the faults of its plan (busy, an
internal error, a connection that ends before or after the request was done, a request done twice), and can
cut the delays of messages short so that a run needs less time.
"""
