"""Evidence as a folder: written from a gateway's answer, verified offline."""
