"""Rechecks a whole store: every column of every table against what is signed.

Public names: verify_store, AuditReport, AuditedLog, Progress.
"""

from gateway.audit.report import AuditedLog, AuditReport, Progress
from gateway.audit.verify import verify_store

__all__ = ["AuditReport", "AuditedLog", "Progress", "verify_store"]
