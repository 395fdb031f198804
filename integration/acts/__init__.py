"""Acts of duty officers: each is a signed message under the person's own identity.

`seam` is what an act must offer, `kinds` has the acts themselves, one file each.
"""
