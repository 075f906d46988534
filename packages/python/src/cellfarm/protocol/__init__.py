"""Words on the wire, shared with the service (generated)."""
