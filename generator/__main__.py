"""``python -m generator`` is ``juesuan``."""

import sys

from generator.cli import main

sys.exit(main())
