"""Machinery of the networks: the protocol they implement, outcomes of requests, accounts and their secrets, and servers' protocols."""
