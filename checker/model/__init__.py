"""The nouns: frozen pydantic models that every room shares. No behaviour beyond their own consistency."""
