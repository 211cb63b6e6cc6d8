"""Letters between people, through mailboxes that the server cannot read."""
