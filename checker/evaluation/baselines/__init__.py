"""What checker has to beat."""
