// Publisher sends drafts to the own participant's gateway: those of the files named on the command
// line (ProtoJSON, one draft each), or a first incident report if none is named.
//
// Exit status: 0 all accepted, 1 some refused, 2 bad usage or bad file, 3 gateway not usable.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/timestamppb"

	commonpb "province.example/exchange/gen/yrd/common/v1"
	exchangepb "province.example/exchange/gen/yrd/exchange/v1"
	incidentpb "province.example/exchange/gen/yrd/incident/v1"
	"province.example/exchange/internal/gateway"
)

const (
	// batchSize may be up to 1,000, but a request at most 32 MiB: 30 drafts of 1 MiB, the most that one
	// draft may have, always fit.
	batchSize   = 30
	callTimeout = 30 * time.Second
)

func main() {
	var target gateway.Target
	target.Flags(flag.CommandLine)
	patience := flag.Duration("patience", 10*time.Minute, "how long to try while the gateway is away")
	flag.Parse()

	drafts, err := draftsOf(flag.Args())
	if err != nil {
		fail(2, err)
	}
	connection, err := target.Connect()
	if err != nil {
		fail(2, err)
	}
	defer connection.Close()

	ctx, cancel := context.WithTimeout(context.Background(), *patience)
	defer cancel()
	exchange := exchangepb.NewExchangeServiceClient(connection)
	refused := 0
	for start := 0; start < len(drafts); start += batchSize {
		batch := drafts[start:min(start+batchSize, len(drafts))]
		count, err := publish(ctx, exchange, batch)
		if err != nil {
			fail(3, err)
		}
		refused += count
	}
	if refused > 0 {
		fail(1, fmt.Errorf("%d of %d drafts refused", refused, len(drafts)))
	}
}

// publish sends a batch until each of its drafts is accepted or refused, and counts the refused.
func publish(
	ctx context.Context, exchange exchangepb.ExchangeServiceClient, pending []*exchangepb.Draft,
) (refused int, err error) {
	for {
		again, wait, count, err := publishOnce(ctx, exchange, pending)
		refused += count
		if err != nil || len(again) == 0 {
			return refused, err
		}
		pending = again // the very same drafts, hence the same ids
		if err := gateway.Pause(ctx, wait); err != nil {
			return refused, fmt.Errorf("gave up with %d drafts not answered: %w", len(pending), err)
		}
	}
}

// publishOnce returns the drafts to send again, and when. Each draft stands or falls alone.
func publishOnce(
	ctx context.Context, exchange exchangepb.ExchangeServiceClient, drafts []*exchangepb.Draft,
) (again []*exchangepb.Draft, wait time.Duration, refused int, err error) {
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	response, err := exchange.Publish(call, &exchangepb.PublishRequest{Drafts: drafts})
	if err != nil {
		whole := gateway.Explain(status.Convert(err))
		if !whole.Again {
			return nil, 0, 0, errors.New(whole.String())
		}
		fmt.Fprintf(os.Stderr, "%s; again in %s\n", whole, whole.Wait)
		return drafts, whole.Wait, 0, nil
	}
	for i, result := range response.GetResults() {
		if accepted := result.GetAccepted(); accepted != nil {
			fmt.Printf("accepted %s as entry %d\n", accepted.GetMessageId(), accepted.GetSequence())
			continue
		}
		refusal := gateway.Explain(status.FromProto(result.GetError()))
		if refusal.Again {
			again, wait = append(again, drafts[i]), max(wait, refusal.Wait)
			continue
		}
		fmt.Printf("refused %s: %s\n", drafts[i].GetHeader().GetMessageId(), refusal)
		refused++
	}
	return again, wait, refused, nil
}

// draftsOf reads the files; a draft without an id gets one.
func draftsOf(files []string) ([]*exchangepb.Draft, error) {
	if len(files) == 0 {
		return []*exchangepb.Draft{firstReport(time.Now())}, nil
	}
	drafts := make([]*exchangepb.Draft, 0, len(files))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		draft := &exchangepb.Draft{}
		if err := protojson.Unmarshal(text, draft); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if header := draft.GetHeader(); header != nil && header.GetMessageId() == "" {
			header.MessageId = newMessageID()
		}
		drafts = append(drafts, draft)
	}
	return drafts, nil
}

// newMessageID makes a UUID of version 7. A real system keeps it with its record before it sends, so
// that it sends the same id again even after a crash.
func newMessageID() string {
	return uuid.Must(uuid.NewV7()).String()
}

// firstReport is a technical test: it enters no picture. What is not known is left out: an absent
// figure means unknown, zero means zero.
func firstReport(now time.Time) *exchangepb.Draft {
	id := newMessageID()
	return &exchangepb.Draft{
		Header: &exchangepb.Header{
			MessageId:    id,
			EntityId:     "310000/flood/" + id,
			Revision:     1,
			Mode:         exchangepb.Mode_MODE_TEST,
			Priority:     exchangepb.Priority_PRIORITY_ROUTINE,
			OccurredTime: timestamppb.New(now.Add(-10 * time.Minute)),
			ReportedTime: timestamppb.New(now),
			DataLevel:    exchangepb.DataLevel_DATA_LEVEL_GENERAL_1,
		},
		Body: &exchangepb.Draft_IncidentReport{IncidentReport: &incidentpb.IncidentReport{
			Kind:        incidentpb.ReportKind_REPORT_KIND_INITIAL,
			Title:       "测试：道路积水",
			PrimaryType: &commonpb.Code{Scheme: "GB/T 35561", Value: "11A02"},
			Place: &commonpb.Place{
				AdminCode: "310115",
				Point: &commonpb.Point{
					Latitude: 31.22, Longitude: 121.54,
					Crs: commonpb.CoordinateSystem_COORDINATE_SYSTEM_WGS84,
				},
			},
		}},
	}
}

func fail(exitStatus int, err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(exitStatus)
}
