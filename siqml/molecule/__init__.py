"""Structures, frames, internal coordinates and units; nothing about models."""
