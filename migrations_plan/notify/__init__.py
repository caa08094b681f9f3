"""Messages on their way out: e-mail and Slack, and the outbox that hands each over once."""
