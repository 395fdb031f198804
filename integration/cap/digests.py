"""Resources that are inside an alert must be what their digest and size say."""

import hashlib
from base64 import b64decode
from collections.abc import Iterator

from integration.cap.alert import Alert, Resource
from integration.cap.remarks import CapRefused, Fault

_PATH = "alert.info.resource"


def require_whole(alert: Alert) -> None:
    """Raises CapRefused for a resource inside that was changed or cut off."""
    faults = [f for info in alert.infos for r in info.resources for f in _faults(r)]
    if faults:
        raise CapRefused(*faults)


def _faults(resource: Resource) -> Iterator[Fault]:
    if not resource.deref_uri:
        return
    try:
        content = b64decode("".join(resource.deref_uri.split()), validate=True)
    except ValueError:
        yield Fault(
            f"{_PATH}.derefUri", "cap.base64", "不是base64 is not base64: 重新编码 encode it anew"
        )
        return
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    if resource.digest and resource.digest.lower() != digest:
        remedy = f"与内容不符 is not that of the content, {digest}: 核实附件 check the file"
        yield Fault(f"{_PATH}.digest", "cap.digest", remedy)
    if resource.size and int(resource.size) != len(content):
        remedy = f"与内容不符 is not that of the content, {len(content)}: 核实附件 check the file"
        yield Fault(f"{_PATH}.size", "cap.size", remedy)
