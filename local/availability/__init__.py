"""How fast questions about availability are answered, at a steady rate, also while a synchronisation runs."""
