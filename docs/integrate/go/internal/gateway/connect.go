// Package gateway holds what every client of a province's gateway needs: the connection, and the
// meaning of its refusals.
package gateway

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
)

// maxMessageBytes is above the largest answer of a gateway; grpc-go's own default of 4 MiB is not.
const maxMessageBytes = 32 << 20

// Target says which gateway, and who we are. All files are PEM.
type Target struct {
	Address, CA, Certificate, Key string
}

// Flags registers the command-line flags of a target.
func (t *Target) Flags(set *flag.FlagSet) {
	set.StringVar(&t.Address, "gateway", "127.0.0.1:7310", "HOST:PORT of the own participant's gateway")
	set.StringVar(&t.CA, "ca", "ca.pem", "certificate authority of the gateway's certificate")
	set.StringVar(&t.Certificate, "certificate", "system.pem", "this system's certificate")
	set.StringVar(&t.Key, "key", "system.key", "its private key")
}

// Connect opens a connection with mutual TLS. It does not wait for the gateway: a call does.
func (t *Target) Connect() (*grpc.ClientConn, error) {
	own, err := tls.LoadX509KeyPair(t.Certificate, t.Key)
	if err != nil {
		return nil, fmt.Errorf("own certificate and key: %w", err)
	}
	ca, err := os.ReadFile(t.CA)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("certificate authority: %s holds no PEM certificate", t.CA)
	}
	mutual := credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{own},
		RootCAs:      trusted,
		MinVersion:   tls.VersionTLS12,
	})
	return grpc.NewClient(t.Address,
		grpc.WithTransportCredentials(mutual),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessageBytes)),
		// a quiet subscription would otherwise not notice a cut cable
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 20 * time.Second}),
	)
}
