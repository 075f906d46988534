"""Training cells, played by gangs."""
