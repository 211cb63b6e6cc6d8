"""The practitioner's side of consults, without media."""
