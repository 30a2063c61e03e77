"""Trains the embedded reader from the sentence bank and the training cases. One command, fixed seeds, small files out."""
