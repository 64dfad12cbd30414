"""Slack's Web API and its incoming webhooks."""
