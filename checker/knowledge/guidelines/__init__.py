"""A municipality's own guideline: its points, the norms in them, and the requirements a person makes of those."""
