"""Writing help: a mail, text for an impact assessment, reasons for gaps. Every sentence carries its source or is cut; nothing here decides."""

from checker.drafting.layout import as_markdown
from checker.drafting.nouns import Draft, Kind, Law, Lent, Section, Sentence, Source
from checker.drafting.sources import sources_of
from checker.drafting.writing import PROMPTS, Writer, write

__all__ = ["PROMPTS", "Draft", "Kind", "Law", "Lent", "Section", "Sentence", "Source", "Writer", "as_markdown", "sources_of", "write"]
