"""Edges: broker, ingest, network announcement, labels, backup."""
