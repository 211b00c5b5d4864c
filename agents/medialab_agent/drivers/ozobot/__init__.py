"""Ozobot Evo: known from what it advertises; with firmware 3, its settings are read and set over Bluetooth."""
