"""Stand-ins for the outside: small, with a memory, told how to answer."""
