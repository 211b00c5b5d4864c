"""Printers behind OctoPrint (https://octoprint.org), spoken to over its REST API and push socket."""
