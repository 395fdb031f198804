"""Tables as officers fill them in: CSV and XLSX of resources and waybills."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook

from integration.importing.columns import Found, found
from integration.importing.reading import read_sheet
from integration.importing.revising import Settings
from integration.importing.table import Table
from yrd.exchange.v1.message_pb2 import Draft, Message, Mode

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PUMP = {
    "编号": "pump-1",
    "名称": "浦东排涝一队泵车",
    "类别": "装备",
    "能力": "大流量排涝泵车、local:X9",
    "行政区划代码": "310115",
    "单位": "台",
    "总量": "10",
    "可用": "8",
    "已承诺": "1",
}
CHLORINE = {
    "运单编号": "YD330000260518001",
    "步骤": "签发",
    "托运人": "宁波镇海氯碱有限公司",
    "收货人": "昆山清源水处理有限公司",
    "承运人": "宁波安达危险品运输有限公司",
    "起运时间": "2026年5月18日 3:10",
    "起运地行政区划代码": "330211",
    "目的地行政区划代码": "320583",
    "车牌号": "浙B·7x108",
    "车牌颜色": "黄色",
    "UN编号": "1017",
    "品名": "氯",
    "项别": "2.3",
    "货物数量": "24.6",
    "数量单位": "t",
}
Rows = Sequence[Mapping[str, Any]]


def lines(rows: Rows) -> list[list[Any]]:
    """Header and rows; the header has every column that a row has."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    return [header, *([row.get(name, "") for name in header] for row in rows)]


def as_csv(rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows(lines(rows))
    return written.getvalue().encode(encoding)


def as_xlsx(rows: Rows, above: Iterable[Sequence[Any]] = ()) -> bytes:
    book: Any = Workbook()
    for line in (*above, *lines(rows)):
        book.active.append(line)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def read(table: Table, rows: Rows) -> Found:
    return found(read_sheet(as_csv(rows)), table.columns)


def settings(participant: str = "310000", **changes: Any) -> Settings:
    told: dict[str, Any] = {
        "participant": participant,
        "mode": Mode.MODE_TEST,
        "as_of": NOW,
    } | changes
    return Settings(**told)


def kept(draft: Draft, absent: Sequence[str] = ()) -> Message:
    """A draft as the gateway gives it back."""
    message = Message.FromString(draft.SerializeToString())
    message.receipt.absent_groups.extend(absent)
    return message
