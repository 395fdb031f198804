package province;

import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import yrd.exchange.v1.AcknowledgeRequest;
import yrd.exchange.v1.ExchangeServiceGrpc;
import yrd.exchange.v1.ExchangeServiceGrpc.ExchangeServiceBlockingV2Stub;
import yrd.exchange.v1.Message;
import yrd.exchange.v1.SubscribeOpen;
import yrd.exchange.v1.SubscribeRequest;
import yrd.exchange.v1.SubscribeResponse;

/**
 * Reads messages of all participants from the own participant's gateway, prints a line for each, and
 * goes on where it stopped, after a cut of the connection and after a crash of its own.
 *
 * <p>Exit status: 0 ended in order, 2 bad usage or bad file, 3 gateway not usable.
 */
final class Subscriber {
  private static final int CALL_SECONDS = 30;

  /** So many of the largest messages, 1 MiB each, stay under the 32 MiB that we receive at once. */
  private static final int MAX_BATCH = 30;

  private static final Set<String> OPTIONS =
      Set.of("gateway", "ca", "certificate", "key", "cursor", "done");
  private static final String ONCE = "until-caught-up";

  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final PrintStream ERR = new PrintStream(System.err, true, StandardCharsets.UTF_8);

  private final ExchangeServiceBlockingV2Stub exchange;
  private final Ledger ledger;
  private final String cursor;
  private final boolean once;

  private Subscriber(ManagedChannel channel, Ledger ledger, String cursor, boolean once) {
    this.exchange = ExchangeServiceGrpc.newBlockingV2Stub(channel);
    this.ledger = ledger;
    this.cursor = cursor;
    this.once = once;
  }

  public static void main(String[] given) throws InterruptedException {
    System.exit(run(given));
  }

  private static int run(String[] given) throws InterruptedException {
    ManagedChannel channel = null;
    try {
      var arguments = new Arguments(given, OPTIONS, Set.of(ONCE));
      channel = Target.of(arguments).connect();
      try (var ledger = new Ledger(Path.of(arguments.value("done", "done.txt")))) {
        String cursor = arguments.value("cursor", "example");
        return new Subscriber(channel, ledger, cursor, arguments.has(ONCE)).follow();
      }
    } catch (UsageException | IOException | IllegalArgumentException error) {
      ERR.println(error.getMessage());
      return 2;
    } finally {
      if (channel != null) {
        channel.shutdownNow();
      }
    }
  }

  /** Reads, and opens the stream anew whenever it breaks. Returns the exit status. */
  private int follow() throws IOException, InterruptedException {
    while (true) {
      try {
        read();
        if (once) {
          return 0;
        }
      } catch (StatusException error) {
        Refusal refusal = Refusal.of(error);
        if (!refusal.again()) {
          ERR.println(refusal);
          return 3;
        }
        ERR.printf("%s; again in %d ms%n", refusal, refusal.delay().toMillis());
        Thread.sleep(refusal.delay().toMillis());
      }
    }
  }

  /** Opens a stream at the cursor and deals with batch after batch until the stream ends. */
  private void read() throws IOException, InterruptedException, StatusException {
    BlockingClientCall<SubscribeRequest, SubscribeResponse> stream = exchange.subscribe();
    try {
      var open =
          SubscribeOpen.newBuilder()
              .setCursor(cursor)
              .setMaxBatch(MAX_BATCH)
              .setUntilCaughtUp(once);
      stream.write(SubscribeRequest.newBuilder().setOpen(open).build());
      stream.halfClose();
      for (SubscribeResponse batch; (batch = stream.read()) != null; ) {
        handle(batch.getMessagesList());
        acknowledge(batch.getOffset());
      }
    } finally {
      stream.cancel("done with this stream", null);
    }
  }

  /** Deals with each message once, however often it comes. */
  private void handle(List<Message> messages) throws IOException {
    var fresh = new ArrayList<String>();
    for (Message message : messages) {
      String id = message.getHeader().getMessageId();
      if (ledger.has(id)) {
        OUT.println("again " + id);
        continue;
      }
      OUT.println(line(message));
      fresh.add(id);
    }
    ledger.record(fresh);
  }

  /** Moves the cursor, durably; call it only when the batch is dealt with. */
  private void acknowledge(long offset) throws InterruptedException, StatusException {
    exchange
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
        .acknowledge(AcknowledgeRequest.newBuilder().setCursor(cursor).setOffset(offset).build());
  }

  /** Tells of a message: where it stands, what it is, and what was not shared with us. */
  private static String line(Message message) {
    var header = message.getHeader();
    var stamp = message.getStamp();
    var receipt = message.getReceipt();
    String text =
        "%d %s/%d %s r%d %s: %s"
            .formatted(
                receipt.getOffset(), stamp.getOrigin(), stamp.getSequence(),
                header.getEntityId(), header.getRevision(), header.getMessageId(),
                describe(message));
    return receipt.getAbsentGroupsList().isEmpty()
        ? text
        : text + " (not shared with us: " + String.join(", ", receipt.getAbsentGroupsList()) + ")";
  }

  /**
   * Does what your system does with each type. A type of a later contract has no body here: note it
   * and go on; GetMessage gives it again once your code is generated from that contract.
   */
  private static String describe(Message message) {
    return switch (message.getBodyCase()) {
      case BODY_NOT_SET -> "a type that this program's contract does not know yet";
      case INCIDENT_REPORT -> "incident report " + message.getIncidentReport().getTitle();
      default -> {
        var field =
            Message.getDescriptor().findFieldByNumber(message.getBodyCase().getNumber());
        yield field.getMessageType().getFullName();
      }
    };
  }
}
