"""Why a proposal chooses what it chooses, what was second best, and what stands in the way of the rest."""

from pipelines.aid.needs import OpenNeed
from pipelines.aid.planning import Planned
from pipelines.aid.relaxations import Short, unreachable
from pipelines.allocation import Option, Share
from pipelines.allocation.arcs import STEP_MINUTES
from pipelines.amounts import amount
from pipelines.words import EN, ZH
from yrd.common.v1.common_pb2 import TransportMode
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import Alternative, Reason

MODE_WORDS: dict[int, tuple[str, str]] = {
    TransportMode.TRANSPORT_MODE_ROAD: ("公路", "by road"),
    TransportMode.TRANSPORT_MODE_RAIL: ("铁路", "by rail"),
    TransportMode.TRANSPORT_MODE_WATER: ("水路", "by water"),
    TransportMode.TRANSPORT_MODE_AIR: ("航空", "by air"),
}
_LEFT_OUT = {
    "declined": ("已谢绝", "has declined"),
    "deferred": ("已暂缓答复", "has put its answer off"),
    "offered_its_part": ("已就此答复其可提供的部分", "has offered what it can of it"),
    "aborted": ("所派力量已中止", "sent help that was aborted"),
    "recalled": ("已召回所派力量", "has called its help back"),
}


def reasons(message: Message, share: Share) -> list[Reason]:
    """When it would be there, and what its owner keeps."""
    stock = message.resource_status.stock
    kept, available = f"{amount(stock.minimum_kept)}{stock.unit}", amount(stock.available)
    found = [
        _arrival(share),
        Reason(
            code="above_minimum",
            text_zh=f"可用{available}{stock.unit}，保留最低保有量{kept}",
            text_en=f"{available} {stock.unit} available, the minimum of {kept} is kept",
        ),
    ]
    if share.late_minutes:
        late = share.late_minutes
        text_zh, text_en = f"比要求时间晚{late}分钟", f"{late} min after the time asked for"
        found.append(Reason(code="late", text_zh=text_zh, text_en=text_en))
    return found


def _arrival(share: Share) -> Reason:
    if share.way.minutes is None or share.way.km is None:
        return Reason(
            code="distance_unknown",
            text_zh="位置只到省级，距离不详，排在最后",
            text_en="its place or the need's is known by province only, so it comes last",
        )
    zh, en = MODE_WORDS[share.way.mode]
    return Reason(
        code="arrival",
        text_zh=f"{zh}约{share.way.km:.0f}公里，含集结约{share.way.minutes}分钟到达",
        text_en=f"about {share.way.km:.0f} km {en}, there in {share.way.minutes} min with mobilisation",
    )


def second_best(whole: Planned, share: Share) -> Alternative | None:
    """The best that this line does not use, and why it lost against this share."""
    option = whole.plan.seconds.get(share.demand)
    if option is None:
        return None
    message = whole.messages[option.supply]
    return Alternative(
        participant=message.stamp.origin,
        resource_id=message.header.entity_id,
        resource_name=message.resource_status.name,
        arrival_minutes=option.way.minutes,
        reason=_why_lost(whole, share, option),
        message_id=message.header.message_id,
    )


def _why_lost(whole: Planned, share: Share, option: Option) -> Reason:
    if option.way.minutes is None:
        return _reason("arrival_unknown", "到达时间不详", "its time of arrival is not known")
    if share.way.minutes is None or option.way.minutes < share.way.minutes:
        if option.left <= 0:
            return _serves_others(whole, option)
    elif option.way.minutes - share.way.minutes >= STEP_MINUTES:
        later = option.way.minutes - share.way.minutes
        return _reason("later", f"晚到{later}分钟", f"it would come {later} min later")
    if option.left <= 0:
        return _serves_others(whole, option)
    return _among_equals(whole, share, option)


def _serves_others(whole: Planned, option: Option) -> Reason:
    """All of it goes to other lines; the first of them is named."""
    user = whole.first_user.get(option.supply)
    if user is not None:
        named = f"{user.source_id} {user.need.line_id}"
        return _reason(
            "serves_others", f"全部用于{named}等需求", f"all of it serves {named} or others"
        )
    return _reason("serves_others", "已全部使用", "all of it is in use")


def _among_equals(whole: Planned, share: Share, option: Option) -> Reason:
    """Both would come within one step of time."""
    chosen, other = whole.supplies[share.supply].owner, whole.supplies[option.supply].owner
    if chosen != other:
        return _reason(
            "fairness",
            f"到达时间相当，为使各方负担均衡或费用较低未选{ZH.name(other)}",
            f"it would come as soon; the burden is shared between lenders, or {EN.name(other)} costs more",
        )
    return _reason(
        "dearer", "到达时间相当，费用不低于所选", "it would come as soon and is no cheaper"
    )


def _reason(code: str, zh: str, en: str) -> Reason:
    return Reason(code=code, text_zh=zh, text_en=en)


def left_out(need: OpenNeed) -> list[Reason]:
    """Lenders that are not asked again for this line."""
    found = []
    for refusal in need.refusals:
        zh, en = _LEFT_OUT[refusal.code]
        because = (f"（{refusal.reason}）", f" ({refusal.reason})") if refusal.reason else ("", "")
        found.append(
            _reason(
                refusal.code,
                f"{ZH.name(refusal.participant)}{zh}{because[0]}，本行不再列入",
                f"{EN.name(refusal.participant)} {en}{because[1]}; this line leaves it out",
            )
        )
    return found


def obstacles(short: Short) -> list[Reason]:
    """What stands in the way of what is unmet."""
    supplies = short.planned.supplies
    others = [
        p for p in short.planned.fitting(short.need) if supplies[p].owner != short.need.beneficiary
    ]
    if not others:
        return [
            _reason(
                "nobody_has_it",
                "各方均无此类资源的有效登记",
                "no participant states a valid resource of this capability",
            )
        ]
    found = []
    if unreachable(short) > 0:
        found.append(
            _reason(
                "no_way",
                "尚有余量，但当前管控、天气或通道条件下无法运抵",
                "some is free, but controls, weather or missing ways keep it from coming",
            )
        )
    if any(supplies[p].owner in short.demand.refused for p in short.idle()):
        found.append(
            _reason("refused", "尚有余量的一方已答复", "who has some free has already answered")
        )
    return found or [
        _reason(
            "minimum_kept",
            "其余库存为各方最低保有量或已投入使用",
            "what else there is, is committed or kept as a minimum",
        )
    ]
