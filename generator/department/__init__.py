"""One department: examined, published, brought back, merged from its units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.department.examination import Examined, examine
    from generator.department.pack_trial import trial
    from generator.department.provenance import engine_fingerprint, manifest, sha256
    from generator.department.publish import ALL_FORMATS, FORMATS, Built, Gate, build
    from generator.department.returned import pull
    from generator.department.sealed import sealed_note
    from generator.department.sides import side
    from generator.department.signing_copy import Signing, signing
    from generator.department.standing import SEALED, mark, seal, sealed_there, still_of
    from generator.department.tieout import gate as tie_out
    from generator.department.units.run import merge
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "ALL_FORMATS",
    "FORMATS",
    "SEALED",
    "Built",
    "Examined",
    "Gate",
    "Signing",
    "build",
    "engine_fingerprint",
    "examine",
    "manifest",
    "mark",
    "merge",
    "pull",
    "seal",
    "sealed_note",
    "sealed_there",
    "sha256",
    "side",
    "signing",
    "still_of",
    "tie_out",
    "trial",
]
