package province;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Knows which messages were dealt with. It stands for a table of your database with message_id as
 * its key, written in the transaction that does the work itself.
 */
final class Ledger implements AutoCloseable {
  private final FileChannel file;
  private final Set<String> done;

  Ledger(Path path) throws IOException {
    done = Files.exists(path) ? new HashSet<>(Files.readAllLines(path)) : new HashSet<>();
    file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  boolean has(String messageId) {
    return done.contains(messageId);
  }

  /** Durable on return, so that a batch may be acknowledged after it. */
  void record(List<String> messageIds) throws IOException {
    for (String id : messageIds) {
      var line = ByteBuffer.wrap((id + "\n").getBytes(StandardCharsets.US_ASCII));
      while (line.hasRemaining()) {
        file.write(line);
      }
      done.add(id);
    }
    file.force(true);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
