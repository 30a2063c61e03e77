"""People who label: files, the form, new cases, how far they agree."""
