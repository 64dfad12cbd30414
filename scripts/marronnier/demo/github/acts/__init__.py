"""What happens on the fake GitHub, whether asked for by a request or by a person of a story: each act changes the state and the bare repositories."""
