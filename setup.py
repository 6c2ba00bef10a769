"""The build: packs stand at the top of the repository and go into the wheel beside the program.

Everything else is in pyproject.toml.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent


class WithPacks(build_py):
    """Modules, and the packs as data of the program."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "generator" / "templates"
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(HERE / "templates", target)
            shutil.copy(HERE / "requirements.lock", target.parent)


setup(cmdclass={"build_py": WithPacks})
