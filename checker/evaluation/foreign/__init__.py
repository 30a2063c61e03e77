"""Tables of others → subjects, by a mapping that is data."""
