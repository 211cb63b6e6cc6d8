"""The mailbox primitive: a durable queue of sealed messages that one key reads."""
