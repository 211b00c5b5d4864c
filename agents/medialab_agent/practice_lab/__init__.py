"""Simulated devices behind the real agent, to practise on."""
