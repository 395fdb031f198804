// Subscriber reads messages of all participants from the own participant's gateway, prints a line for
// each, and goes on where it stopped, after a cut of the connection and after a crash of its own.
//
// Exit status: 0 ended in order, 2 bad usage or bad file, 3 gateway not usable.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc/status"

	exchangepb "province.example/exchange/gen/yrd/exchange/v1"
	"province.example/exchange/internal/gateway"
)

const (
	callTimeout = 30 * time.Second
	// maxBatch of the largest messages, 1 MiB each, stay under the 32 MiB that we receive at once.
	maxBatch = 30
)

// local marks an error of this machine: it is no reason to call the gateway again.
type local struct{ error }

type subscriber struct {
	exchange exchangepb.ExchangeServiceClient
	ledger   *ledger
	cursor   string
	once     bool
}

func main() {
	var target gateway.Target
	target.Flags(flag.CommandLine)
	cursor := flag.String("cursor", "example", "name of the cursor that the gateway keeps for us")
	done := flag.String("done", "done.txt", "file with the ids of messages dealt with")
	once := flag.Bool("until-caught-up", false, "end when everything that is there has been read")
	flag.Parse()

	ledger, err := openLedger(*done)
	if err != nil {
		fail(2, err)
	}
	defer ledger.close()
	connection, err := target.Connect()
	if err != nil {
		fail(2, err)
	}
	defer connection.Close()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exchange := exchangepb.NewExchangeServiceClient(connection)
	err = (&subscriber{exchange, ledger, *cursor, *once}).follow(ctx)
	switch {
	case errors.As(err, new(local)):
		fail(2, err)
	case err != nil:
		fail(3, err)
	}
}

// follow reads, and opens the stream anew whenever it breaks.
func (s *subscriber) follow(ctx context.Context) error {
	for {
		err := s.read(ctx)
		switch {
		case ctx.Err() != nil, err == nil && s.once:
			return nil // told to stop, or everything read
		case err == nil:
			continue
		case errors.As(err, new(local)):
			return err
		}
		refusal := gateway.Explain(status.Convert(err))
		if !refusal.Again {
			return errors.New(refusal.String())
		}
		fmt.Fprintf(os.Stderr, "%s; again in %s\n", refusal, refusal.Wait)
		if gateway.Pause(ctx, refusal.Wait) != nil {
			return nil
		}
	}
}

// read opens a stream at the cursor and deals with batch after batch until the stream ends.
func (s *subscriber) read(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := s.exchange.Subscribe(ctx)
	if err != nil {
		return err
	}
	open := &exchangepb.SubscribeOpen{Cursor: s.cursor, MaxBatch: maxBatch, UntilCaughtUp: s.once}
	// an error of Send or CloseSend comes in full from Recv
	_ = stream.Send(&exchangepb.SubscribeRequest{
		Request: &exchangepb.SubscribeRequest_Open{Open: open},
	})
	_ = stream.CloseSend()
	for {
		batch, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.handle(batch.GetMessages()); err != nil {
			return local{err}
		}
		if err := s.acknowledge(ctx, batch.GetOffset()); err != nil {
			return err
		}
	}
}

// handle deals with each message once, however often it comes.
func (s *subscriber) handle(messages []*exchangepb.Message) error {
	var fresh []string
	for _, message := range messages {
		id := message.GetHeader().GetMessageId()
		if s.ledger.has(id) {
			fmt.Printf("again %s\n", id)
			continue
		}
		fmt.Println(line(message))
		fresh = append(fresh, id)
	}
	return s.ledger.record(fresh)
}

// acknowledge moves the cursor, durably; call it only when the batch is dealt with.
func (s *subscriber) acknowledge(ctx context.Context, offset uint64) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := s.exchange.Acknowledge(ctx, &exchangepb.AcknowledgeRequest{Cursor: s.cursor, Offset: offset})
	return err
}

// line tells of a message: where it stands, what it is, and what was not shared with us.
func line(message *exchangepb.Message) string {
	header, stamp, receipt := message.GetHeader(), message.GetStamp(), message.GetReceipt()
	text := fmt.Sprintf("%d %s/%d %s r%d %s: %s", receipt.GetOffset(), stamp.GetOrigin(), stamp.GetSequence(),
		header.GetEntityId(), header.GetRevision(), header.GetMessageId(), describe(message))
	if absent := receipt.GetAbsentGroups(); len(absent) > 0 {
		text += " (not shared with us: " + strings.Join(absent, ", ") + ")"
	}
	return text
}

// describe does what your system does with each type. A type of a later contract has no body here:
// note it and go on; GetMessage gives it again once your code is generated from that contract.
func describe(message *exchangepb.Message) string {
	switch body := message.GetBody().(type) {
	case nil:
		return "a type that this program's contract does not know yet"
	case *exchangepb.Message_IncidentReport:
		return "incident report " + body.IncidentReport.GetTitle()
	default:
		reflected := message.ProtoReflect()
		oneof := reflected.Descriptor().Oneofs().ByName("body")
		return string(reflected.WhichOneof(oneof).Message().FullName())
	}
}

func fail(exitStatus int, err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(exitStatus)
}
