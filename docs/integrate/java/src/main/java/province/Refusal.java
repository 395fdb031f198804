package province;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What a google.rpc.Status of the exchange says, of one draft or of a whole call.
 *
 * @param fields that break a rule of the contract, each with its remedy
 * @param again send the same once more, under the same ids, after {@code delay}; otherwise a person
 *     must look
 */
record Refusal(
    String code,
    String reason,
    String message,
    List<BadRequest.FieldViolation> fields,
    boolean again,
    Duration delay) {

  /**
   * The codes that gRPC itself makes when the gateway goes or is away: nobody knows whether the call
   * arrived, and thanks to the message ids it does no harm to repeat it.
   */
  private static final Set<Integer> AWAY =
      Set.of(Code.UNAVAILABLE_VALUE, Code.DEADLINE_EXCEEDED_VALUE, Code.CANCELLED_VALUE);

  /** For a gateway that could not be reached and so gave no RetryInfo. */
  private static final Duration DEFAULT_DELAY = Duration.ofSeconds(1);

  static Refusal of(StatusRuntimeException error) {
    return of(StatusProto.fromThrowable(error));
  }

  static Refusal of(StatusException error) {
    return of(StatusProto.fromThrowable(error));
  }

  /** Reads a status with its details. */
  static Refusal of(Status status) {
    String reason = "";
    List<BadRequest.FieldViolation> fields = List.of();
    boolean again = AWAY.contains(status.getCode());
    Duration delay = DEFAULT_DELAY;
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          reason = detail.unpack(ErrorInfo.class).getReason();
        } else if (detail.is(BadRequest.class)) {
          fields = detail.unpack(BadRequest.class).getFieldViolationsList();
        } else if (detail.is(RetryInfo.class)) {
          again = true;
          delay =
              Duration.ofNanos(
                  Durations.toNanos(detail.unpack(RetryInfo.class).getRetryDelay()));
        }
      }
    } catch (InvalidProtocolBufferException error) {
      throw new IllegalArgumentException("a status with unreadable details", error);
    }
    String code = Code.forNumber(status.getCode()).name();
    return new Refusal(code, reason, status.getMessage(), fields, again, delay);
  }

  /** One line, and one more for each field. */
  @Override
  public String toString() {
    var text = new StringBuilder(code);
    if (!reason.isEmpty()) {
      text.append(" [").append(reason).append(']');
    }
    if (fields.isEmpty()) {
      text.append(": ").append(message);
    }
    for (var field : fields) {
      text.append("\n  %s: %s (rule %s)"
          .formatted(field.getField(), field.getDescription(), field.getReason()));
    }
    return text.toString();
  }
}
