"""A file of a table, by what is in it and not by its name."""

from pathlib import Path

from integration.importing.csv_file import read_csv
from integration.importing.faults import FileRefused
from integration.importing.sheet import MOST_BYTES, Sheet

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_file(file: Path) -> bytes:
    """Its bytes. Raises FileRefused."""
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileRefused(
            "file",
            f"{file}: 读不出 can't be read: {error.strerror}: 检查路径和权限 check path and rights",
        ) from None
    if len(data) > MOST_BYTES:
        raise FileRefused(
            "import.size", f"超过 more than {MOST_BYTES >> 20} MiB: 拆分文件 split the file"
        )
    return data


def read_sheet(data: bytes, sheet: str = "", encoding: str = "") -> Sheet:
    """The table in a CSV file or a workbook. Raises FileRefused; ModuleNotFoundError without openpyxl."""
    if data.startswith(_ZIP):
        from integration.importing.xlsx_file import read_xlsx  # noqa: PLC0415  an extra

        return read_xlsx(data, sheet)
    if data.startswith(_OLE):
        raise FileRefused(
            "import.xls",
            "是旧版XLS或加密文件 is an old XLS or encrypted: 另存为 save as XLSX or CSV UTF-8",
        )
    return read_csv(data, encoding)
