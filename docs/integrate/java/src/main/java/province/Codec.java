package province;

import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import yrd.exchange.v1.Draft;

/**
 * Tries this language's protobuf library on sample drafts: Codec IN OUT.
 *
 * <p>Reads every IN/&lt;name&gt;.json (ProtoJSON) and, where it is there, IN/&lt;name&gt;.binpb; both
 * must be the same draft. Writes OUT/&lt;name&gt;.binpb and OUT/&lt;name&gt;.json again. Exit status:
 * 0 all agree, 1 otherwise.
 */
final class Codec {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final PrintStream ERR = new PrintStream(System.err, true, StandardCharsets.UTF_8);

  private Codec() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      ERR.println("usage: Codec IN OUT");
      System.exit(2);
    }
    List<Path> files;
    try (var found = Files.list(Path.of(arguments[0]))) {
      files = found.filter(path -> path.toString().endsWith(".json")).sorted().toList();
    }
    if (files.isEmpty()) {
      ERR.println(arguments[0] + ": no *.json");
      System.exit(2);
    }
    int wrong = 0;
    for (Path file : files) {
      try {
        convert(file, Path.of(arguments[1]));
      } catch (IOException | IllegalStateException error) {
        ERR.println(file + ": " + error.getMessage());
        wrong++;
      }
    }
    OUT.printf("%d of %d drafts agree%n", files.size() - wrong, files.size());
    System.exit(wrong > 0 ? 1 : 0);
  }

  private static void convert(Path file, Path out) throws IOException {
    var builder = Draft.newBuilder();
    JsonFormat.parser().merge(Files.readString(file), builder);
    Draft draft = builder.build();
    String name = file.getFileName().toString().replaceFirst("\\.json$", "");
    Path binary = file.resolveSibling(name + ".binpb");
    if (Files.exists(binary)) {
      Draft other = Draft.parseFrom(Files.readAllBytes(binary));
      if (!other.equals(draft)) {
        throw new IllegalStateException("the binary form is another draft:\n" + other);
      }
    }
    Files.write(out.resolve(name + ".binpb"), draft.toByteArray());
    Files.writeString(out.resolve(name + ".json"), JsonFormat.printer().print(draft));
  }
}
