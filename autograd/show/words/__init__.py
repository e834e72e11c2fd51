"""Saying it: names, formulas, derivations, explanations and counts of what is in a graph."""
