"""Sources → documents to be found: our digest and the municipality's guidelines."""
