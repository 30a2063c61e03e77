"""A language model as a second reader: closed questions over numbered passages, answers that are checked before they count."""
