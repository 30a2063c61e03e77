"""The outside world: embedders, Chroma through LangChain, document formats. Nothing above `wiring` imports these."""
