"""The machines of the contract, one table each. Checks, diagrams and tests are made from them.

What is told first may be older than the exchange, so most machines can begin in the middle: nobody is
kept from telling how an incident stands because its first report went another way.
"""

from schemas.states.machine import machine

INCIDENT = machine(
    "incident",
    ("突发事件信息报送", "Reports of an incident"),
    [
        # corrections may come for 30 days after the final report (国务院令493号 Art. 13)
        ("none", "initial", "open"),
        ("none|open", "follow_up", "open"),
        ("open", "correction", "open"),
        ("none|open", "final", "closed"),
        ("closed", "correction", "closed"),
        ("open|closed", "withdrawal", "withdrawn"),
    ],
)

WARNING = machine(
    "warning",
    ("预警信息", "A warning"),
    [
        ("none", "issue", "in_force"),
        ("none|in_force", "update", "in_force"),
        ("none|in_force", "cancel", "cancelled"),
    ],
)

EARTHQUAKE = machine(
    "earthquake",
    ("地震速报", "Parameters of an earthquake"),
    [
        ("none|automatic", "automatic", "automatic"),
        ("none|automatic|reviewed", "reviewed", "reviewed"),
        ("automatic|reviewed", "withdrawn", "withdrawn"),
    ],
)

RESPONSE = machine(
    "response",
    ("应急响应", "An emergency response"),
    [
        ("none", "start", "in_force"),
        ("none|in_force", "adjust", "in_force"),
        ("none|in_force", "end", "ended"),
    ],
)

WAYBILL = machine(
    "waybill",
    ("危险货物道路运输运单", "A waybill"),
    [
        ("none", "issued", "valid"),
        ("none|valid", "amended", "valid"),
        ("none|valid", "voided", "void"),
        ("none|valid", "completed", "completed"),
    ],
)

TRIP = machine(
    "trip",
    ("危险货物运输车辆行程", "A vehicle's trip as one province sees it"),
    [
        # a province on the way first sees a vehicle when it comes
        ("none", "departed", "moving"),
        ("none|moving|stopped|offline", "position|checkpoint|border_crossed|deviated", "moving"),
        ("none|moving|stopped|offline", "stopped", "stopped"),
        ("moving|stopped|offline", "offline", "offline"),
        ("none|moving|stopped|offline", "arrived", "arrived"),
    ],
)

HANDOVER = machine(
    "handover",
    ("省界交接", "A vehicle's handover at a border"),
    [
        ("none|noticed|refused|accepted", "noticed", "noticed"),
        ("noticed|refused|accepted", "accepted", "accepted"),
        ("noticed|accepted|refused", "refused", "refused"),
        ("noticed|accepted|refused", "closed", "closed"),
    ],
    {"from_province": "noticed|closed", "to_province": "accepted|refused|closed"},
)

ENFORCEMENT = machine(
    "enforcement",
    ("执法联动", "A finding handed to the competent province"),
    [
        ("none|handed_over|sent_back", "handed_over", "handed_over"),
        ("handed_over", "taken_up", "taken_up"),
        ("handed_over|taken_up", "sent_back", "sent_back"),
        ("handed_over|taken_up", "decided", "decided"),
    ],
    {"finder": "handed_over", "competent": "taken_up|sent_back|decided"},
)

OBJECTION = machine(
    "objection",
    ("数据异议", "An objection to a datum"),
    [
        ("none|raised|rejected", "raised", "raised"),
        # upheld once more: by which message it is corrected, once there is one
        ("raised|upheld", "upheld", "upheld"),
        ("raised", "rejected", "rejected"),
        ("raised|rejected", "taken_back", "taken_back"),
    ],
    {"objector": "raised|taken_back", "addressee": "upheld|rejected"},
)

AID_LINE = machine(
    "aid_line",
    ("支援需求行", "One line of a request for help, from need to settlement"),
    [
        ("none|requested", "request", "requested"),
        ("requested|offered|deferred|declined", "withdraw", "withdrawn"),
        ("requested|offered|deferred|declined", "respond:accept|respond:partial", "offered"),
        ("requested|offered|deferred", "respond:decline", "declined"),
        ("requested|deferred", "respond:defer", "deferred"),
        ("offered|ordered", "order", "ordered"),
        ("ordered|committed", "cancel", "cancelled"),
        ("ordered|committed", "commit:accept|commit:partial", "committed"),
        ("ordered", "commit:decline", "declined"),
        ("ordered", "commit:defer", "ordered"),
        ("committed|mobilizing", "deploy:mobilizing", "mobilizing"),
        ("committed|mobilizing|en_route", "deploy:en_route", "en_route"),
        ("committed|mobilizing|en_route|on_scene", "deploy:on_scene", "on_scene"),
        (
            "committed|mobilizing|en_route|on_scene|extension_requested",
            "deploy:aborted",
            "aborted",
        ),
        ("on_scene|extension_requested", "extension:requested", "extension_requested"),
        ("extension_requested", "deploy:on_scene", "extension_requested"),
        ("extension_requested", "extension:answered", "on_scene"),
        (
            "committed|mobilizing|en_route|on_scene|extension_requested|aborted|recalled",
            "release",
            "released",
        ),
        (
            "committed|mobilizing|en_route|on_scene|extension_requested|recalled",
            "return:recalled",
            "recalled",
        ),
        ("released|recalled|aborted|returning", "return:returning", "returning"),
        ("released|recalled|aborted|returning|returned", "return:returned", "returned"),
        ("returned|claimed|disputed", "settle:claimed", "claimed"),
        ("claimed|disputed", "settle:accepted", "accepted"),
        ("claimed|disputed", "settle:disputed", "disputed"),
        ("accepted", "settle:paid", "settled"),
        ("returned|claimed|disputed|accepted", "settle:waived", "settled"),
    ],
    {
        "requester": "request|withdraw|order|cancel|extension:requested|release|settle:accepted"
        "|settle:disputed|settle:paid",
        "provider": "respond:accept|respond:partial|respond:decline|respond:defer|commit:accept"
        "|commit:partial|commit:decline|commit:defer|deploy:mobilizing|deploy:en_route"
        "|deploy:on_scene|deploy:aborted|extension:answered|return:recalled|return:returning"
        "|return:returned|settle:claimed|settle:waived",
    },
)

MACHINES = (
    INCIDENT,
    WARNING,
    EARTHQUAKE,
    RESPONSE,
    WAYBILL,
    TRIP,
    HANDOVER,
    ENFORCEMENT,
    OBJECTION,
    AID_LINE,
)
