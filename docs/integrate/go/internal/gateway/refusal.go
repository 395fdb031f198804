package gateway

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// defaultWait is for a gateway that could not be reached and so gave no RetryInfo.
const defaultWait = time.Second

// Refusal is what a google.rpc.Status of the exchange says, of one draft or of a whole call.
type Refusal struct {
	Code, Reason, Message string
	// Fields that break a rule of the contract, each with its remedy.
	Fields []*errdetails.BadRequest_FieldViolation
	// Again: send the same once more, under the same ids, after Wait. Otherwise a person must look.
	Again bool
	Wait  time.Duration
}

// Explain reads a status with its details.
func Explain(st *status.Status) Refusal {
	found := Refusal{Code: code.Code(st.Code()).String(), Message: st.Message(), Wait: defaultWait}
	for _, detail := range st.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			found.Reason = detail.GetReason()
		case *errdetails.BadRequest:
			found.Fields = detail.GetFieldViolations()
		case *errdetails.RetryInfo:
			found.Again = true
			found.Wait = detail.GetRetryDelay().AsDuration()
		}
	}
	// The codes that grpc itself makes when the gateway goes or is away: nobody knows whether the call
	// arrived, and thanks to the message ids it does no harm to repeat it.
	switch st.Code() {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled:
		found.Again = true
	}
	return found
}

// String gives one line, and one more for each field.
func (r Refusal) String() string {
	var text strings.Builder
	text.WriteString(r.Code)
	if r.Reason != "" {
		fmt.Fprintf(&text, " [%s]", r.Reason)
	}
	if len(r.Fields) == 0 {
		fmt.Fprintf(&text, ": %s", r.Message)
	}
	for _, field := range r.Fields {
		fmt.Fprintf(&text, "\n  %s: %s (rule %s)", field.GetField(), field.GetDescription(), field.GetReason())
	}
	return text.String()
}

// Pause waits, or ends early with the context's error.
func Pause(ctx context.Context, wait time.Duration) error {
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
