"""The refusals of this room: Danish first, English in parentheses, and what to do about it. Each function makes one error."""

from __future__ import annotations

from checker.errors import DamagedInput, EmptyInput, InputError, InputTooLarge, NoTextLayer, UnsupportedInput

READ_FORMATS = ".docx, .pdf, .odt, .html, .md, .txt"
_PICK = f"Gem dokumentet som en af disse: {READ_FORMATS} (save the document as one of these)."


def empty(source: str) -> EmptyInput:
    return EmptyInput(
        source,
        "der er ingen tekst i dokumentet (the document holds no text).",
        "Vælg en fil med en projektbeskrivelse (choose a file with a project description).",
    )


def unsupported(source: str, what: str, hint: str = _PICK) -> UnsupportedInput:
    """`what` names the format as the user knows it, e.g. `.xlsx`."""
    return UnsupportedInput(source, f"formatet {what} kan ikke læses (the format {what} cannot be read).", hint)


def damaged(source: str, kind: str) -> DamagedInput:
    """A file that is broken inside; `kind` is the product name of the format."""
    return DamagedInput(
        source,
        f"filen er beskadiget og kan ikke læses som {kind} (the file is damaged and cannot be read as {kind}).",
        "Åbn den i det program, den er skrevet i, gem den igen, og prøv med den nye fil (open it where it was written, save it again, use the new file).",
    )


def misnamed(source: str, says: str, is_: str) -> DamagedInput:
    return DamagedInput(
        source,
        f"navnet siger {says}, men indholdet er {is_} (the name says {says}, the content is {is_}).",
        f"Giv filen det rigtige navn, eller gem den som en af disse: {READ_FORMATS} (rename the file or save it as one of these).",
    )


def binary(source: str) -> DamagedInput:
    return DamagedInput(
        source,
        "filen er ikke tekst, men binære data (the file is not text but binary data).",
        f"Kontrollér, at det er den rigtige fil, og gem den som en af disse: {READ_FORMATS} (check the file and save it as one of these).",
    )


def locked(source: str) -> DamagedInput:
    return DamagedInput(
        source,
        "filen er beskyttet med adgangskode eller kryptering (the file is protected by a password or encrypted).",
        "Gem en kopi uden adgangskode, og prøv med den (save a copy without the password and use that).",
    )


def no_text_layer(source: str) -> NoTextLayer:
    return NoTextLayer(
        source,
        "PDF-filen er billeder af sider uden læsbar tekst (the PDF holds pictures of pages without readable text).",
        "Brug det oprindelige dokument, eller kør tekstgenkendelse (OCR) på filen først (use the original document, or run text recognition on it first).",
    )


def file_too_large(source: str, limit: int) -> InputTooLarge:
    size = f"{limit // 1_000_000} MB"
    return InputTooLarge(
        source,
        f"filen er større end {size} (the file is larger than {size}).",
        "Aflever kun selve projektbeskrivelsen, uden billeder og bilag (hand in the project description alone, without pictures and annexes).",
    )


def text_too_long(source: str, limit: int) -> InputTooLarge:
    size = f"{limit // 1_000_000} mio. tegn"
    return InputTooLarge(
        source,
        f"teksten er længere end {size} (the text is longer than {limit // 1_000_000} million characters).",
        "Del dokumentet, og aflever kun den del, der beskriver projektet (split the document and hand in the part that describes the project).",
    )


def too_many_pages(source: str, limit: int) -> InputTooLarge:
    return InputTooLarge(
        source,
        f"dokumentet har mere end {limit} sider (the document has more than {limit} pages).",
        "Del dokumentet, og aflever kun den del, der beskriver projektet (split the document and hand in the part that describes the project).",
    )


def unpacks_too_large(source: str) -> InputTooLarge:
    return InputTooLarge(
        source,
        "filen fylder urimeligt meget, når den pakkes ud, og er ikke åbnet (the file is unreasonably large when unpacked; it was not opened).",
        "Kontrollér, hvor filen kommer fra, eller gem teksten i et nyt dokument (check where the file comes from, or save its text in a new document).",
    )


def missing(source: str) -> InputError:
    return InputError(source, "filen eller mappen findes ikke (no such file or folder).", "Kontrollér stien (check the path).")


def no_permission(source: str) -> InputError:
    return InputError(
        source,
        "der er ikke adgang til at læse filen eller mappen (no permission to read the file or folder).",
        "Bed om læseadgang, eller kopiér filen til din egen mappe (ask for read access, or copy the file to your own folder).",
    )


def unreachable(source: str, why: str) -> InputError:
    return InputError(
        source,
        f"filen kunne ikke læses: {why} (the file could not be read).",
        "Kopiér den til din egen disk, og prøv igen (copy it to your own disk and try again).",
    )


def is_folder(source: str) -> InputError:
    return InputError(source, "det er en mappe, ikke et dokument (this is a folder, not a document).", "Angiv en fil (name a file).")


def nothing_in_folder(source: str) -> InputError:
    return InputError(
        source,
        "der er ingen dokumenter i mappen, som kan læses (no readable documents in the folder).",
        f"Læg filer af disse typer i den: {READ_FORMATS} (put files of these kinds in it).",
    )
