"""The patient's side of a consult, without media."""
