package province;

/** Arguments or a file that can't be used; the text says which. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
