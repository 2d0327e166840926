"""How long the pages take where much is stored."""
