//go:build ignore

package logrus

import (
	"github.com/ddinstrument/ddinstrument/runtime/libs/logline"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// ddFields adds the ids of the span that an entry is of to its fields.
func ddFields(entry *Entry) {
	span := ddtracer.SpanForLog(entry.Context)
	if span == nil {
		return
	}
	if _, has := entry.Data[logline.TraceID]; has {
		return
	}
	if entry.Data == nil {
		entry.Data = make(Fields, 5)
	}
	c := span.Correlation()
	for _, f := range logline.Fields(&c) {
		entry.Data[f.Key] = f.Value
	}
}

// ddTake takes the ids out of an entry, of which it makes a copy; nil if there are none.
func ddTake(entry **Entry) *ddtracer.Correlation {
	data := (*entry).Data
	if _, has := data[logline.TraceID]; !has {
		return nil
	}
	var c ddtracer.Correlation
	others := make(Fields, len(data))
	for key, value := range data {
		text, ok := value.(string)
		switch {
		case ok && key == logline.TraceID:
			c.TraceID = text
		case ok && key == logline.SpanID:
			c.SpanID = text
		case ok && key == logline.Service:
			c.Service = text
		case ok && key == logline.Env:
			c.Env = text
		case ok && key == logline.Version:
			c.Version = text
		default:
			others[key] = value
		}
	}
	without := **entry
	without.Data = others
	*entry = &without
	return &c
}

// ddPut puts the ids into what an entry has become, a JSON object on one line or on several.
func ddPut(c *ddtracer.Correlation, formatted *[]byte) {
	*formatted = logline.AppendObject(nil, *formatted, c)
}
