"""The acts that the page offers, one file each. A new one is added here and nowhere else."""

from integration.acts.seam import Act

ACTS: tuple[Act, ...] = ()
"""In the order in which they are offered."""
