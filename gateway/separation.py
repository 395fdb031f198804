"""Three-role separation (三员分立): who runs a gateway, who sets its rules, who audits both.

系统管理员 administrator, 安全管理员 security, 审计管理员 auditor; GB/T 22239-2019 8.1.5 (安全管理中心)
asks for them apart. A configuration that puts them together works, and is warned about.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from gateway.config import GatewayConfig, Role

APART: tuple[Role, ...] = ("administrator", "security", "auditor")


def warnings(config: GatewayConfig) -> Iterator[str]:
    """One for each system pattern that has more than one of the three roles.

    The development default, no `clients` at all, is not warned about.
    """
    if "clients" not in config.model_fields_set:
        return
    patterns = dict.fromkeys(client.system for client in config.clients)
    for pattern in patterns:
        roles = {
            role
            for client in config.clients
            if fnmatchcase(pattern, client.system)
            for role in client.roles
        }
        together = [role for role in APART if role in roles]
        if len(together) > 1:
            yield (
                f"clients: {pattern!r} is {' and '.join(together)} at once (三员分立): give each of "
                "these roles to a system of its own"
            )
