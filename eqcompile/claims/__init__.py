"""Certificates: one class per claim, each with its own way to fail. No float lives here."""
