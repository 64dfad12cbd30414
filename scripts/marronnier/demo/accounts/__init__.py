"""The accounts of the example brand, on this machine: each network's server answers as the network does, and nothing leaves this machine."""

from marronnier.demo.accounts.accounts import LocalAccounts, local_accounts

__all__ = ["LocalAccounts", "local_accounts"]
