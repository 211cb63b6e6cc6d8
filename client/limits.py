"""The limits of docs/protocol.md that are this client's own."""

from __future__ import annotations

# Photos and documents of one consult; one more is refused with a sentence.
FILES = 100
# Files of one folder, or zip, that is sent.
FOLDER_FILES = 100_000
# What is read of a DICOM file to know which one it is, and of one value in it.
DICOM_HEAD_BYTES = 1024 * 1024
DICOM_VALUE_BYTES = 1024
# The list of files of a zip that is looked into: some 100,000 files.
ZIP_LIST_BYTES = 16 * 1024 * 1024
# Seconds in which a PACS must say something, and the longest answer about what it stored.
PACS_SILENCE = 300
PACS_ANSWER_BYTES = 4 * 1024 * 1024
# What a reader fetches of a sealed link: a file of 64 MiB, its papers, and what pads both.
LINK_BYTES = 72 * 1024 * 1024
# The sealed leaf hashes of a part: those of 16 GiB.
LEAVES_BYTES = 9 * 1024 * 1024
# Seconds that a transfer waits for a network that is gone, before it says so and ends.
PATIENCE = 600
# Candidates kept of a connection whose description has not come, and such connections.
EARLY_CANDIDATES = 64
EARLY_CONNECTIONS = 8
# For how long after its issue a prescription may be dispensed: a year, as the law has it. All that
# its ticket leads to stays for some days more, to be looked at.
DISPENSABLE_SECONDS = 365 * 24 * 3600
TICKET_STAYS_SECONDS = 30 * 24 * 3600
# How long a receipt rests: one of the first day until all of it ends.
RECEIPT_SECONDS = DISPENSABLE_SECONDS + TICKET_STAYS_SECONDS
# A copy of what a server answered about a ticket: the blob, and its cells, receipts and papers.
COPY_BYTES = LINK_BYTES + 8 * 1024 * 1024
