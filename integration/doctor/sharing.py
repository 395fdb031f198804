"""Sharing agreements, as `yrd agreements check` looks at them."""

from collections.abc import Iterator

from gateway.sharing.days import day_of
from integration.agreements import NotFound, files_of
from integration.agreements import check as run
from integration.doctor.asked import Asked
from integration.doctor.finding import Finding, Words, attention, good, trouble

CHECK = "agreements"


def check(asked: Asked) -> Iterator[Finding]:
    """Errors and warnings, or that all is well."""
    try:
        count, found = run(
            files_of([asked.config.agreements_dir]), day_of(int(asked.now().timestamp() * 1e6))
        )
    except NotFound as error:
        yield trouble(
            CHECK,
            Words(f"没有共享协议：{error}", str(error)),
            Words("没有协议则什么都不提供", "without one nothing is shared"),
            Words("放入各方签署的协议文件", "put the files that were agreed on in place"),
        )
        return
    for one in found:
        make = trouble if one.severity == "error" else attention
        yield make(
            CHECK,
            Words(f"协议：{one}", str(one)),
            Words(
                "应给的可能未给，或不应给的给出",
                "what should be given may not be, or the other way round",
            ),
            Words("改正后 yrd gateway reload", "correct it, then yrd gateway reload"),
        )
    if not found:
        yield good(CHECK, f"{count} 份共享协议可用", f"{count} agreements are good")
