"""The workbench."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.web.app import create_app, open_workbench
    from generator.web.backup import back_up, bring_back
    from generator.web.state.accounts import LOCAL
    from generator.web.state.settings import LOCAL_HOSTS, Settings
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "LOCAL",
    "LOCAL_HOSTS",
    "Settings",
    "back_up",
    "bring_back",
    "create_app",
    "open_workbench",
]
