"""XML from strangers: read without entities, DTDs, network or unbounded work."""

from typing import Any

from lxml import etree

from integration.cap.remarks import CapRefused, refusal

MOST_BYTES = 4 << 20
MOST_ELEMENTS = 50_000


def parse(data: bytes, *, whole: bool = False) -> Any:
    """The root element; comments and processing instructions only if it is to be `whole`. Raises CapRefused.

    libxml2 itself refuses elements more than 256 deep, texts over 10 MB and entities that multiply.
    """
    require_size(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=not whole,
        remove_pis=not whole,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if b"<!DOCTYPE" in data.replace(b"\0", b""):
            raise _doctype() from None
        raise refusal("", "xml.syntax", f"不是合格的XML not well-formed XML: {error}") from None
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise _doctype()
    if sum(1 for _, _ in zip(root.iter(), range(MOST_ELEMENTS + 1), strict=False)) > MOST_ELEMENTS:
        raise refusal(
            "", "xml.elements", f"元素超过 more than {MOST_ELEMENTS} elements: 拆分 split it"
        )
    return root


def require_size(data: bytes) -> None:
    """Raises CapRefused for a file that is too large, whatever is in it."""
    if len(data) > MOST_BYTES:
        raise refusal(
            "", "xml.size", f"{len(data)} 字节，最多 bytes, at most {MOST_BYTES}: 拆分 split it"
        )


def _doctype() -> CapRefused:
    return refusal(
        "",
        "xml.doctype",
        "含DOCTYPE，一律拒绝（实体可致攻击）；删去后重发 has a DOCTYPE, which is never taken (entities may "
        "attack); send it without",
    )
