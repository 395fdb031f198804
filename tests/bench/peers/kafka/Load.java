import java.time.Duration;
import java.util.Arrays;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Loads cluster A and watches the copies that MirrorMaker 2 makes on the other clusters.
 *
 * <p>Load TOPIC SIZE MESSAGES RATE SECONDS A B C D: first MESSAGES as fast as they go, until each copy has
 * all; then RATE a second for SECONDS, until consumed from each copy. Prints key=value lines.
 */
public final class Load {
  private final String topic;
  private final int size;
  private final String origin;
  private final List<String> copies;

  private Load(String topic, int size, String origin, List<String> copies) {
    this.topic = topic;
    this.size = size;
    this.origin = origin;
    this.copies = copies;
  }

  public static void main(String[] args) throws Exception {
    Load load =
        new Load(args[0], Integer.parseInt(args[1]), args[5], Arrays.asList(args).subList(6, args.length));
    load.prepare();
    load.throughput("warm", 5_000);
    load.throughput("run", Integer.parseInt(args[2]));
    load.latency(Integer.parseInt(args[3]), Integer.parseInt(args[4]));
  }

  private void prepare() throws Exception {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", origin))) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }
  }

  private KafkaProducer<byte[], byte[]> producer(int lingerMs) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", origin);
    settings.put("acks", "all");
    settings.put("linger.ms", Integer.toString(lingerMs));
    settings.put("batch.size", "262144");
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private void throughput(String name, int messages) throws Exception {
    long before = ends(origin);
    byte[] value = new byte[size];
    new java.util.Random(1).nextBytes(value);
    long start = System.nanoTime();
    try (KafkaProducer<byte[], byte[]> producer = producer(5)) {
      for (int i = 0; i < messages; i++) {
        producer.send(new ProducerRecord<>(topic, 0, null, value));
      }
      producer.flush();
    }
    double acknowledged = seconds(start);
    long target = before + messages;
    for (String copy : copies) {
      while (ends(copy) < target) {
        Thread.sleep(10);
      }
    }
    double copied = seconds(start);
    System.out.printf("%s_acknowledged=%.1f%n%s_copied=%.1f%n", name, messages / acknowledged, name, messages / copied);
  }

  private final Map<String, Admin> admins = new HashMap<>();

  private long ends(String cluster) {
    Admin admin =
        admins.computeIfAbsent(cluster, c -> Admin.create(Map.<String, Object>of("bootstrap.servers", c)));
    TopicPartition partition = new TopicPartition(topic, 0);
    try {
      return admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition).get().offset();
    } catch (Exception absent) {
      return 0; // the copy does not exist yet
    }
  }

  private void latency(int rate, int seconds) throws Exception {
    int messages = rate * seconds;
    CountDownLatch ready = new CountDownLatch(copies.size());
    List<Thread> readers = new ArrayList<>();
    AtomicLong[] latest = new AtomicLong[messages];
    for (int i = 0; i < messages; i++) {
      latest[i] = new AtomicLong();
    }
    for (String copy : copies) {
      Thread reader = new Thread(() -> read(copy, latest, ready));
      reader.start();
      readers.add(reader);
    }
    ready.await();
    double[] acknowledged = new double[messages];
    long begin = System.nanoTime() + 100_000_000L;
    try (KafkaProducer<byte[], byte[]> producer = producer(0)) {
      for (int i = 0; i < messages; i++) {
        long due = begin + i * 1_000_000_000L / rate;
        long wait = due - System.nanoTime();
        if (wait > 0) {
          Thread.sleep(wait / 1_000_000L, (int) (wait % 1_000_000L));
        }
        byte[] value = new byte[size];
        ByteBuffer.wrap(value).putLong(0, due).putInt(8, i);
        int number = i;
        producer.send(
            new ProducerRecord<>(topic, 0, null, value),
            (done, error) -> acknowledged[number] = (System.nanoTime() - due) / 1e6);
      }
    }
    for (Thread reader : readers) {
      reader.join();
    }
    double[] delivered = new double[messages];
    for (int i = 0; i < messages; i++) {
      delivered[i] = latest[i].get() / 1e6;
    }
    print("acknowledged", acknowledged);
    print("delivered", delivered);
    System.exit(0);
  }

  private void read(String copy, AtomicLong[] latest, CountDownLatch ready) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", copy);
    settings.put("fetch.max.wait.ms", "20");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToEnd(List.of(partition));
      consumer.position(partition);
      ready.countDown();
      int seen = 0;
      while (seen < latest.length) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          ByteBuffer value = ByteBuffer.wrap(record.value());
          long took = System.nanoTime() - value.getLong(0);
          latest[value.getInt(8)].accumulateAndGet(took, Math::max);
          seen++;
        }
      }
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static void print(String name, double[] values) {
    double[] ordered = values.clone();
    Arrays.sort(ordered);
    System.out.printf(
        "%s_p50=%.2f%n%s_p99=%.2f%n",
        name, ordered[ordered.length / 2], name, ordered[(int) (ordered.length * 0.99)]);
  }
}
