"""A language model as a second reader: closed questions over numbered passages, answers that are checked before they count."""

BAR = "spørgsmål til sprogmodellen / questions to the language model"
"""Under this one name the whole reading is told as progress; it stands here because nothing heavy is imported with it."""
