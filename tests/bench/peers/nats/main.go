// Loads a JetStream stream on a hub and watches its mirrors on three leaf nodes.
//
// load SIZE MESSAGES RATE SECONDS HUB LEAF1 LEAF2 LEAF3 prints key=value lines.
package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"sort"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// inFlight bounds unanswered publishes: more than about 500 stall while every message is synced.
const inFlight = 400

type copyOf struct {
	domain string
	js     jetstream.JetStream
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func number(text string) int { return must(strconv.Atoi(text)) }

func connect(url, domain string) jetstream.JetStream {
	connection := must(nats.Connect(url))
	return must(jetstream.NewWithDomain(connection, domain, jetstream.WithPublishAsyncMaxPending(inFlight)))
}

func main() {
	size, messages, rate, seconds := number(os.Args[1]), number(os.Args[2]), number(os.Args[3]), number(os.Args[4])
	ctx := context.Background()
	hub := connect(os.Args[5], "hub")
	must(hub.CreateStream(ctx, jetstream.StreamConfig{Name: "EV", Subjects: []string{"ev.>"}, Storage: jetstream.FileStorage}))
	copies := []copyOf{}
	for i, url := range os.Args[6:] {
		domain := fmt.Sprintf("l%d", i+1)
		js := connect(url, domain)
		source := &jetstream.StreamSource{Name: "EV", External: &jetstream.ExternalStream{APIPrefix: "$JS.hub.API"}}
		must(js.CreateStream(ctx, jetstream.StreamConfig{Name: "EV", Storage: jetstream.FileStorage, Mirror: source}))
		copies = append(copies, copyOf{domain, js})
	}
	throughput(ctx, "warm", hub, copies, size, 2000)
	throughput(ctx, "run", hub, copies, size, messages)
	latency(ctx, hub, copies, size, rate, rate*seconds)
}

func last(ctx context.Context, js jetstream.JetStream) uint64 {
	stream, err := js.Stream(ctx, "EV")
	if err != nil {
		return 0
	}
	return stream.CachedInfo().State.LastSeq
}

func throughput(ctx context.Context, name string, hub jetstream.JetStream, copies []copyOf, size, messages int) {
	target := last(ctx, hub) + uint64(messages)
	payload := make([]byte, size)
	start := time.Now()
	for i := 0; i < messages; i++ {
		must(hub.PublishAsync("ev.load", payload, jetstream.WithStallWait(60*time.Second)))
	}
	<-hub.PublishAsyncComplete()
	acknowledged := time.Since(start).Seconds()
	for _, c := range copies {
		for last(ctx, c.js) < target {
			time.Sleep(10 * time.Millisecond)
		}
	}
	copied := time.Since(start).Seconds()
	fmt.Printf("%s_acknowledged=%.1f\n%s_copied=%.1f\n", name, float64(messages)/acknowledged, name, float64(messages)/copied)
}

func latency(ctx context.Context, hub jetstream.JetStream, copies []copyOf, size, rate, messages int) {
	delivered := make([]time.Duration, messages)
	var lock sync.Mutex
	var readers sync.WaitGroup
	for _, c := range copies {
		readers.Add(1)
		seen := 0
		config := jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverNewPolicy}
		consumer := must(c.js.OrderedConsumer(ctx, "EV", config))
		must(consumer.Consume(func(message jetstream.Msg) {
			data := message.Data()
			took := time.Since(base.Add(time.Duration(binary.BigEndian.Uint64(data))))
			number := binary.BigEndian.Uint32(data[8:])
			lock.Lock()
			delivered[number] = max(delivered[number], took)
			lock.Unlock()
			if seen++; seen == messages {
				readers.Done()
			}
		}))
	}
	time.Sleep(time.Second)
	acknowledged := make([]time.Duration, messages)
	var answers sync.WaitGroup
	begin := time.Now().Add(100 * time.Millisecond)
	for i := 0; i < messages; i++ {
		due := begin.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		payload := make([]byte, size)
		binary.BigEndian.PutUint64(payload, uint64(due.Sub(base)))
		binary.BigEndian.PutUint32(payload[8:], uint32(i))
		future := must(hub.PublishAsync("ev.load", payload, jetstream.WithStallWait(60*time.Second)))
		answers.Add(1)
		go func() {
			defer answers.Done()
			select {
			case <-future.Ok():
				acknowledged[i] = time.Since(due)
			case err := <-future.Err():
				log.Fatal(err)
			}
		}()
	}
	answers.Wait()
	readers.Wait()
	quantiles("acknowledged", acknowledged)
	quantiles("delivered", delivered)
}

var base = time.Now()

func quantiles(name string, values []time.Duration) {
	sort.Slice(values, func(i, j int) bool { return values[i] < values[j] })
	at := func(q float64) float64 { return float64(values[int(q*float64(len(values)))]) / 1e6 }
	fmt.Printf("%s_p50=%.2f\n%s_p99=%.2f\n", name, at(0.5), name, at(0.99))
}
