"""Mutations of services, methods, packages and files."""

from tests.unit.schemas.compat.mutation import FIELD_DELETED, Table
from tests.unit.schemas.compat.probe import MESSAGE, PROBE, SECOND, SERVICE, Probe, field

SERVICES, FILES = Table("Services"), Table("Packages and files")
row = SERVICES.row


@row("method added")
def method_added(probe: Probe) -> None:
    made = probe.service().method.add(name="Ask")
    made.input_type, made.output_type = ".yrd.exchange.v1.Draft", ".yrd.exchange.v1.Message"


@row("method removed", breaks="wire names", buf="RPC_NO_DELETE")
def method_removed(probe: Probe) -> None:
    del probe.service().method[1]


@row("method renamed", breaks="wire names", buf="RPC_NO_DELETE")
def method_renamed(probe: Probe) -> None:
    probe.method("Watch").name = "Follow"


@row("request type changed", breaks="wire names", buf="RPC_SAME_REQUEST_TYPE")
def request_changed(probe: Probe) -> None:
    probe.method("Send").input_type = ".yrd.exchange.v1.WatchRequest"


@row("response type changed", breaks="wire names", buf="RPC_SAME_RESPONSE_TYPE")
def response_changed(probe: Probe) -> None:
    probe.method("Send").output_type = ".yrd.exchange.v1.WatchResponse"


@row("request becomes a stream", breaks="wire names", buf="RPC_SAME_CLIENT_STREAMING")
def client_streams(probe: Probe) -> None:
    probe.method("Send").client_streaming = True


@row("response no longer a stream", breaks="wire names", buf="RPC_SAME_SERVER_STREAMING")
def server_streams(probe: Probe) -> None:
    probe.method("Watch").server_streaming = False


@row("idempotency level changed", breaks="wire", buf="RPC_SAME_IDEMPOTENCY_LEVEL")
def idempotency(probe: Probe) -> None:
    probe.method("Send").options.idempotency_level = 1


@row("service renamed", breaks="wire names", buf="SERVICE_NO_DELETE")
def service_renamed(probe: Probe) -> None:
    probe.service().name = "TrialService"


@row("service removed", breaks="wire names", buf="SERVICE_NO_DELETE")
def service_removed(probe: Probe) -> None:
    del probe.file(SERVICE).service[:]


@row("service added")
def service_added(probe: Probe) -> None:
    probe.file(SERVICE).service.add(name="FreshService")


row = FILES.row


@row("package changed", breaks="wire names", buf="FILE_SAME_PACKAGE")
def package(probe: Probe) -> None:
    probe.file(SECOND).package = "yrd.probe.v2"


@row("package added")
def package_added(probe: Probe) -> None:
    made = probe.set.file.add(name="yrd/fresh/v1/fresh.proto", package="yrd.fresh.v1")
    made.syntax = "proto3"
    made.message_type.add(name="Fresh").field.append(field(1, "name", "string"))


@row("package removed", breaks="names", buf="FILE_NO_DELETE")
def package_removed(probe: Probe) -> None:
    kept = [f for f in probe.set.file if f.package != "yrd.legacy.v1"]
    del probe.set.file[:]
    probe.set.file.extend(kept)


@row("file renamed", breaks="names", buf="FILE_NO_DELETE")
def file_renamed(probe: Probe) -> None:
    probe.file(SECOND).name = "yrd/probe/v1/third.proto"


@row("file split in two", breaks="names", buf="MESSAGE_NO_DELETE")
def file_split(probe: Probe) -> None:
    made = probe.set.file.add(name="yrd/probe/v1/unused.proto", package="yrd.probe.v1")
    made.syntax = "proto3"
    made.message_type.append(probe.message("Unused"))
    made.options.CopyFrom(probe.file(PROBE).options)
    index = next(i for i, m in enumerate(probe.file(PROBE).message_type) if m.name == "Unused")
    del probe.file(PROBE).message_type[index]


@row("java_package changed", breaks="names", buf="FILE_SAME_JAVA_PACKAGE")
def java_package(probe: Probe) -> None:
    probe.file(PROBE).options.java_package = "cn.yrd.trial.v1"


@row("java_multiple_files set", breaks="names", buf="FILE_SAME_JAVA_MULTIPLE_FILES")
def java_multiple_files(probe: Probe) -> None:
    probe.file(PROBE).options.java_multiple_files = True


@row("go_package removed", breaks="names", buf="FILE_SAME_GO_PACKAGE")
def go_package(probe: Probe) -> None:
    probe.file(PROBE).options.ClearField("go_package")


@row("csharp_namespace added", breaks="names", buf="FILE_SAME_CSHARP_NAMESPACE")
def csharp(probe: Probe) -> None:
    probe.file(PROBE).options.csharp_namespace = "Yrd.Probe"


@row("file deprecated")
def deprecated(probe: Probe) -> None:
    probe.file(MESSAGE).options.deprecated = True


@row("option (extension) added")
def option_added(probe: Probe) -> None:
    made = field(50_900, "unit", "string")
    made.extendee = ".google.protobuf.FieldOptions"
    probe.file("yrd/options/v1/options.proto").extension.append(made)


@row("option (extension) removed", breaks="wire json names", buf="EXTENSION_NO_DELETE")
def option_removed(probe: Probe) -> None:
    extensions = probe.file("yrd/options/v1/options.proto").extension
    del extensions[next(i for i, e in enumerate(extensions) if e.name == "authority")]


@row(
    "option (extension) renumbered",
    breaks="wire",
    why="buf does not compare the numbers of extensions",
)
def option_renumbered(probe: Probe) -> None:
    extensions = probe.file("yrd/options/v1/options.proto").extension
    next(e for e in extensions if e.name == "authority").number = 50_009


@row(
    "syntax changed",
    breaks="wire names",
    buf="FIELD_SAME_CARDINALITY FIELD_SAME_JAVA_UTF8_VALIDATION FIELD_SAME_UTF8_VALIDATION"
    " FILE_SAME_SYNTAX MESSAGE_SAME_JSON_FORMAT",
)
def syntax(probe: Probe) -> None:
    probe.file(SECOND).syntax = "proto2"


@row(
    "internal package (yrd.state) changed",
    buf=FIELD_DELETED,
    why="only one program of one version reads it; buf compares every file that it is given",
)
def internal(probe: Probe) -> None:
    probe.remove("Kept.name")
