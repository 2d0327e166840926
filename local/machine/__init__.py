"""The state machine: Hypothesis chooses what happens to the running system, and what must hold is judged.

Everything runs as processes and is spoken to over HTTP: the storage emulator behind a proxy that can fail,
the simulators, two functions hosts. Each example begins a world of its own. People edit, create and delete
on both sides, hosts die, messages come twice, answers are lost, clocks differ. Then the faults end, and after
a bounded number of cycles what both systems and storage hold is compared with what people wrote.
"""
