package province;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;

/** UUIDs of version 7 (RFC 9562), which Java's own library does not make. */
final class MessageIds {
  private static final SecureRandom RANDOM = new SecureRandom();

  private MessageIds() {}

  /**
   * A fresh id. A real system keeps it with its record before it sends, so that it sends the same id
   * again even after a crash.
   */
  static String fresh(Instant now) {
    long time = now.toEpochMilli() << 16; // 48 bits of milliseconds
    long version = 0x7000 | RANDOM.nextInt(1 << 12); // 4 bits of version, 12 random
    long variant = 1L << 63 | RANDOM.nextLong() >>> 2; // 2 bits of variant, 62 random
    return new UUID(time | version, variant).toString();
  }
}
