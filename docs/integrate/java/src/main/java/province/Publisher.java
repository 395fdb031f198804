package province;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import yrd.common.v1.Code;
import yrd.common.v1.CoordinateSystem;
import yrd.common.v1.Place;
import yrd.common.v1.Point;
import yrd.exchange.v1.DataLevel;
import yrd.exchange.v1.Draft;
import yrd.exchange.v1.ExchangeServiceGrpc;
import yrd.exchange.v1.ExchangeServiceGrpc.ExchangeServiceBlockingStub;
import yrd.exchange.v1.Header;
import yrd.exchange.v1.Mode;
import yrd.exchange.v1.Priority;
import yrd.exchange.v1.PublishRequest;
import yrd.exchange.v1.PublishResult;
import yrd.incident.v1.IncidentReport;
import yrd.incident.v1.ReportKind;

/**
 * Sends drafts to the own participant's gateway: those of the files named on the command line
 * (ProtoJSON, one draft each), or a first incident report if none is named.
 *
 * <p>Exit status: 0 all accepted, 1 some refused, 2 bad usage or bad file, 3 gateway not usable.
 */
final class Publisher {
  /**
   * May be up to 1,000, but a request at most 32 MiB: 30 drafts of 1 MiB, the most that one draft may
   * have, always fit.
   */
  private static final int BATCH_SIZE = 30;

  private static final int CALL_SECONDS = 30;

  /** How long to try while the gateway is away. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final PrintStream ERR = new PrintStream(System.err, true, StandardCharsets.UTF_8);

  private final ExchangeServiceBlockingStub exchange;
  private final Instant deadline = Instant.now().plus(PATIENCE);
  private int refused;

  private Publisher(ManagedChannel channel) {
    exchange = ExchangeServiceGrpc.newBlockingStub(channel);
  }

  public static void main(String[] given) throws InterruptedException {
    System.exit(run(given));
  }

  private static int run(String[] given) throws InterruptedException {
    List<Draft> drafts;
    ManagedChannel channel;
    try {
      var arguments = new Arguments(given, Set.of("gateway", "ca", "certificate", "key"), Set.of());
      drafts = draftsOf(arguments.files());
      channel = Target.of(arguments).connect();
    } catch (UsageException | IOException | IllegalArgumentException error) {
      ERR.println(error.getMessage());
      return 2;
    }
    try {
      var publisher = new Publisher(channel);
      for (int start = 0; start < drafts.size(); start += BATCH_SIZE) {
        publisher.publish(drafts.subList(start, Math.min(start + BATCH_SIZE, drafts.size())));
      }
      if (publisher.refused > 0) {
        ERR.printf("%d of %d drafts refused%n", publisher.refused, drafts.size());
        return 1;
      }
      return 0;
    } catch (NotUsable error) {
      ERR.println(error.getMessage());
      return 3;
    } finally {
      channel.shutdownNow();
    }
  }

  /** Sends a batch until each of its drafts is accepted or refused. */
  private void publish(List<Draft> batch) throws InterruptedException, NotUsable {
    List<Draft> pending = batch;
    while (!pending.isEmpty()) {
      if (Instant.now().isAfter(deadline)) {
        throw new NotUsable("gave up with %d drafts not answered".formatted(pending.size()));
      }
      pending = publishOnce(pending); // the very same drafts, hence the same ids
    }
  }

  /** Returns the drafts to send again, when it is time to. Each draft stands or falls alone. */
  private List<Draft> publishOnce(List<Draft> drafts) throws InterruptedException, NotUsable {
    List<PublishResult> results;
    try {
      var request = PublishRequest.newBuilder().addAllDrafts(drafts).build();
      results =
          exchange.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS).publish(request).getResultsList();
    } catch (StatusRuntimeException error) {
      Refusal whole = Refusal.of(error);
      if (!whole.again()) {
        throw new NotUsable(whole.toString());
      }
      ERR.printf("%s; again in %d ms%n", whole, whole.delay().toMillis());
      Thread.sleep(whole.delay().toMillis());
      return drafts;
    }
    var again = new ArrayList<Draft>();
    Duration delay = Duration.ZERO;
    for (int i = 0; i < results.size(); i++) {
      PublishResult result = results.get(i);
      if (result.hasAccepted()) {
        var accepted = result.getAccepted();
        OUT.printf("accepted %s as entry %d%n", accepted.getMessageId(), accepted.getSequence());
        continue;
      }
      Refusal refusal = Refusal.of(result.getError());
      if (refusal.again()) {
        again.add(drafts.get(i));
        delay = refusal.delay().compareTo(delay) > 0 ? refusal.delay() : delay;
      } else {
        OUT.printf("refused %s: %s%n", drafts.get(i).getHeader().getMessageId(), refusal);
        refused++;
      }
    }
    Thread.sleep(delay.toMillis());
    return again;
  }

  /** Reads the files; a draft without an id gets one. */
  private static List<Draft> draftsOf(List<String> files) throws UsageException {
    if (files.isEmpty()) {
      return List.of(firstReport(Instant.now()));
    }
    var drafts = new ArrayList<Draft>();
    for (String file : files) {
      var draft = Draft.newBuilder();
      try {
        JsonFormat.parser().merge(Files.readString(Path.of(file)), draft);
      } catch (InvalidProtocolBufferException error) {
        throw new UsageException(file + ": " + error.getMessage());
      } catch (IOException error) {
        throw new UsageException("can't read " + error.getMessage());
      }
      if (draft.hasHeader() && draft.getHeader().getMessageId().isEmpty()) {
        draft.getHeaderBuilder().setMessageId(MessageIds.fresh(Instant.now()));
      }
      drafts.add(draft.build());
    }
    return drafts;
  }

  /**
   * A technical test: it enters no picture. What is not known is left out: an absent figure means
   * unknown, zero means zero.
   */
  private static Draft firstReport(Instant now) {
    String id = MessageIds.fresh(now);
    return Draft.newBuilder()
        .setHeader(
            Header.newBuilder()
                .setMessageId(id)
                .setEntityId("310000/flood/" + id)
                .setRevision(1)
                .setMode(Mode.MODE_TEST)
                .setPriority(Priority.PRIORITY_ROUTINE)
                .setOccurredTime(Timestamps.fromMillis(now.minusSeconds(600).toEpochMilli()))
                .setReportedTime(Timestamps.fromMillis(now.toEpochMilli()))
                .setDataLevel(DataLevel.DATA_LEVEL_GENERAL_1))
        .setIncidentReport(
            IncidentReport.newBuilder()
                .setKind(ReportKind.REPORT_KIND_INITIAL)
                .setTitle("测试：道路积水")
                .setPrimaryType(Code.newBuilder().setScheme("GB/T 35561").setValue("11A02"))
                .setPlace(
                    Place.newBuilder()
                        .setAdminCode("310115")
                        .setPoint(
                            Point.newBuilder()
                                .setLatitude(31.22)
                                .setLongitude(121.54)
                                .setCrs(CoordinateSystem.COORDINATE_SYSTEM_WGS84))))
        .build();
  }

  /** The gateway refuses the whole call, or was away for too long. */
  private static final class NotUsable extends Exception {
    private static final long serialVersionUID = 1;

    NotUsable(String message) {
      super(message);
    }
  }
}
