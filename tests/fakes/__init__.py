"""Fakes of networks and servers: small, with a memory, and with orders that tell how to answer."""
