"""How far each model's probabilities can be believed: one small file per model, prompts and wording of the questions in CHECKER_HOME/llm/calibrations.

Made by `checker prompts test --model` from labelled training cases. What is not there, or cannot be read, leaves the model's own numbers,
and reports say that they are not calibrated.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from checker.errors import SettingsError
from checker.reader.llm.calibrate import UNCALIBRATED, Calibration


class CalibrationBook:
    """Calibrations by model, prompts and exam (exam_key: it holds the words that the catalogue lends the questions).

    Args:
        folder: CHECKER_HOME/llm/calibrations; made when first written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def look_up(self, identity: str, prompts: Mapping[str, str], exam: str) -> Calibration:
        """The one on record for just this model, these prompts and this exam, else `UNCALIBRATED`."""
        try:
            return Calibration.model_validate_json(self._file(identity, prompts, exam).read_bytes())
        except (OSError, ValidationError):
            return UNCALIBRATED

    def record(self, identity: str, prompts: Mapping[str, str], exam: str, calibration: Calibration) -> None:
        """Takes the place of the last one.

        Raises:
            SettingsError: the folder cannot be written.
        """
        file = self._file(identity, prompts, exam)
        new = file.with_name(f"{file.name}.{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            new.write_text(calibration.model_dump_json(indent=1), "utf-8")
            os.replace(new, file)
        except OSError as error:
            raise SettingsError(
                f"Kalibreringen kan ikke gemmes i {self._folder} ({error.strerror or error}) / the calibration cannot be stored.",
                "Ret rettighederne, eller sæt CHECKER_HOME.",
            ) from None

    def _file(self, identity: str, prompts: Mapping[str, str], exam: str) -> Path:
        parts = [identity, *(f"{name} {value}" for name, value in sorted(prompts.items())), exam]
        return self._folder / f"{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.json"
