"""What the commands of `yrd cap` share: options, and the extra that they need."""

from typing import Annotated

import typer

from integration.cli.ending import BAD_INPUT, fail

AsJson = Annotated[bool, typer.Option("--json", help="As JSON, one object a line.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; do nothing.")]


def require_extra() -> None:
    """Ends the command if lxml or signxml is not there."""
    try:
        import integration.cap.signature  # noqa: F401
    except ModuleNotFoundError as error:
        fail(
            f"没有 {error.name} is not installed: 安装附加组件cap install the extra: "
            "pip install 'yangtze-delta-exchange[cap]'",
            BAD_INPUT,
        )
