"""The acts that the page offers, one file each. A new one is added here and nowhere else."""

from integration.acts.kinds.acknowledge import Acknowledge
from integration.acts.kinds.answer import Answer
from integration.acts.kinds.commit import Commit
from integration.acts.kinds.issue_report import IssueReport
from integration.acts.kinds.merge import Merge
from integration.acts.kinds.order import Order
from integration.acts.kinds.raise_objection import RaiseObjection
from integration.acts.kinds.release import Release
from integration.acts.kinds.request_aid import RequestAid
from integration.acts.kinds.return_home import ReturnHome
from integration.acts.kinds.settle_objection import SettleObjection
from integration.acts.kinds.split import Split
from integration.acts.kinds.withdraw import Withdraw
from integration.acts.seam import Act

ACTS: tuple[Act, ...] = (
    Answer(),
    Order(),
    Commit(),
    Release(),
    ReturnHome(),
    RequestAid(),
    Merge(),
    Split(),
    Withdraw(),
    Acknowledge(),
    RaiseObjection(),
    SettleObjection(),
    IssueReport(),
)
"""In the order in which they are offered."""
