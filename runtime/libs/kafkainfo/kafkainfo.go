//go:build go1.21

// Package kafkainfo says what the spans of Kafka's clients are like, whatever the library.
package kafkainfo

import (
	"github.com/ddinstrument/ddinstrument/runtime/libs/sites"
	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// Tags of single spans.
const (
	Partition = "messaging.kafka.partition"
	Offset    = "offset"
	Servers   = "messaging.kafka.bootstrap.servers"
	Topic     = "messaging.destination.name"
)

// Produced returns the sites of messages that are sent, by topic.
func Produced(component string) *sites.Table {
	return &sites.Table{Make: func(topic string) *tracer.Site {
		return &tracer.Site{
			Name: "kafka.produce", Service: "kafka", Library: true, Type: "queue", Resource: "Produce Topic " + topic, Tags: tags(component, "producer", topic),
		}
	}}
}

// Consumed returns the sites of messages that are received, by topic.
func Consumed(component string) *sites.Table {
	return &sites.Table{Make: func(topic string) *tracer.Site {
		return &tracer.Site{
			Name: "kafka.consume", Type: "queue", Resource: "Consume Topic " + topic, Tags: tags(component, "consumer", topic),
			Entry: true, Measured: true,
		}
	}}
}

func tags(component, kind, topic string) []tracer.SiteTag {
	return []tracer.SiteTag{
		{Key: "component", Value: component}, {Key: "span.kind", Value: kind}, {Key: "messaging.system", Value: "kafka"}, {Key: Topic, Value: topic},
	}
}
