"""How long the tests wait for what must come."""

from __future__ import annotations

from typing import Final

# In seconds. What passes never waits for it, on a slow machine neither. What must be fast is asked
# for where that is promised.
PATIENCE: Final = 60
