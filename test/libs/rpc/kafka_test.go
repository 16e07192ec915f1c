package rpc

import (
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
	"github.com/twmb/franz-go/pkg/kfake"
)

// startKafka starts what speaks Kafka's protocol as a broker does, with one topic.
func startKafka(t *testing.T) []string {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "orders"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c.ListenAddrs()
}

func TestKafkaGo(t *testing.T) { testKafka(t, "./appkafkago", kafkaGoOut, kafkaGoTraces) }
func TestKgo(t *testing.T)     { testKafka(t, "./appkgo", kgoOut, kgoTraces) }

func testKafka(t *testing.T, app, out, want string) {
	for version, flags := range versions {
		t.Run(version, func(t *testing.T) {
			exe := libtest.Build(t, libtest.Program{Package: app, Flags: flags})
			r := libtest.Exec(t, exe, libtest.Program{Args: startKafka(t)})
			wants(t, r, out, want, "messaging.kafka.partition", "offset")
			checkKafkaTags(t, r)
		})
	}
}

// A message that is as large as can be has no room for headers; its trace ends here.
const (
	kafkaGoOut = `2 0 0
true
orders 0 0 2
orders 0 1 0
orders 0 2 1
context deadline exceeded
`
	kafkaGoTraces = `
app http.request "GET /"
  app http.request "GET /"
app kafka.consume "Consume Topic orders" messaging.kafka.partition=0 offset=1
  app http.request "GET /"
    app http.request "GET /"
kafka kafka.produce "Produce Topic orders"
kafka kafka.produce "Produce Topic orders"
  app kafka.consume "Consume Topic orders" messaging.kafka.partition=0 offset=0
    app http.request "GET /"
      app http.request "GET /"
kafka kafka.produce "Produce Topic orders"
  app kafka.consume "Consume Topic orders" messaging.kafka.partition=0 offset=2
    app http.request "GET /"
      app http.request "GET /"
kafka kafka.produce "Produce Topic orders" error
`
	kgoOut = `promised true 0 2
true
`
	kgoTraces = `
app http.request "GET /99"
  app http.request "GET /99"
app kafka.consume "Consume Topic orders" messaging.kafka.partition=0 offset=1
  app http.request "GET /1"
    app http.request "GET /1"
  app http.request "GET /context"
    app http.request "GET /context"
kafka kafka.produce "Produce Topic orders" error
kafka kafka.produce "Produce Topic orders" messaging.kafka.partition=0 offset=0
  app kafka.consume "Consume Topic orders" messaging.kafka.partition=0 offset=0
    app http.request "GET /0"
      app http.request "GET /0"
    app http.request "GET /context"
      app http.request "GET /context"
kafka kafka.produce "Produce Topic orders" messaging.kafka.partition=0 offset=1
kafka kafka.produce "Produce Topic orders" messaging.kafka.partition=0 offset=2
  app kafka.consume "Consume Topic orders" messaging.kafka.partition=0 offset=2
    app http.request "GET /2"
      app http.request "GET /2"
    app http.request "GET /context"
      app http.request "GET /context"
`
)

// checkKafkaTags looks at what the spans of messages have in common.
func checkKafkaTags(t *testing.T, r libtest.Result) {
	for _, s := range r.Spans() {
		kind := map[string]string{"kafka.produce": "producer", "kafka.consume": "consumer"}[s.Name]
		if kind == "" {
			continue
		}
		if s.Meta["span.kind"] != kind || s.Meta["messaging.system"] != "kafka" || s.Meta["messaging.destination.name"] != "orders" ||
			s.Type != "queue" || (s.Metrics["_dd.measured"] == 1) != (kind == "consumer") {
			t.Errorf("%s: type %q, tags %v %v", s.Name, s.Type, s.Meta, s.Metrics)
		}
	}
}
