"""What the server holds, column by column, and all of it about one of them for who may ask."""
