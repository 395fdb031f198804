package province;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Arguments of the form --name value, switches of the form --name, and files. */
final class Arguments {
  private final Map<String, String> values = new HashMap<>();
  private final List<String> files = new ArrayList<>();

  Arguments(String[] given, Set<String> known, Set<String> switches) throws UsageException {
    for (int i = 0; i < given.length; i++) {
      String name = given[i].startsWith("--") ? given[i].substring(2) : null;
      if (name == null) {
        files.add(given[i]);
      } else if (switches.contains(name)) {
        values.put(name, "");
      } else if (known.contains(name) && i + 1 < given.length) {
        values.put(name, given[++i]);
      } else {
        throw new UsageException(given[i] + ": unknown, or without its value");
      }
    }
  }

  String value(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  List<String> files() {
    return files;
  }
}
