"""Rechecks a whole store: every column of every table against what is signed.

Public names: verify_store, verify_by, Keys, AuditReport, AuditedLog, Progress.
"""

from gateway.audit.report import AuditedLog, AuditReport, Progress
from gateway.audit.signatures import Keys
from gateway.audit.verify import verify_by, verify_store

__all__ = ["AuditReport", "AuditedLog", "Keys", "Progress", "verify_by", "verify_store"]
