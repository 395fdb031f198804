package province;

import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Which gateway, and who we are. All files are PEM; the key is PKCS #8. */
record Target(String address, File ca, File certificate, File key) {

  /** Above the largest answer of a gateway; gRPC's own default of 4 MiB is not. */
  private static final int MAX_MESSAGE_BYTES = 32 << 20;

  static Target of(Arguments arguments) throws UsageException {
    return new Target(
        arguments.value("gateway", "127.0.0.1:7310"),
        new File(arguments.value("ca", "ca.pem")),
        new File(arguments.value("certificate", "system.pem")),
        new File(arguments.value("key", "system.key")));
  }

  /** Opens a connection with mutual TLS. It does not wait for the gateway: a call does. */
  ManagedChannel connect() throws IOException {
    var mutual =
        TlsChannelCredentials.newBuilder().trustManager(ca).keyManager(certificate, key).build();
    return NettyChannelBuilder.forTarget(address, mutual)
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        // a quiet subscription would otherwise not notice a cut cable
        .keepAliveTime(20, TimeUnit.SECONDS)
        .build();
  }
}
