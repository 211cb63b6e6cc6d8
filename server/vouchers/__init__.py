"""Vouchers: what rests here is paid for by a practitioner, without saying for whom."""
