//go:build ignore

package zapcore

import (
	"github.com/ddinstrument/ddinstrument/runtime/libs/logline"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// What package log hands to a logger of zap's becomes an entry.
var _ = logline.Serve("*zap.loggerWriter")

// ddIDs is a span as a field of an entry: five strings, made where they are written.
type ddIDs ddtracer.LogSpan

func (ids *ddIDs) MarshalLogObject(enc ObjectEncoder) error {
	c := (*ddtracer.LogSpan)(ids).Correlation()
	for _, f := range logline.Fields(&c) {
		enc.AddString(f.Key, f.Value)
	}
	return nil
}

// ddFields adds the active span to an entry's fields, as the first one: a namespace that they open is for those after it.
func ddFields(fields []Field) []Field {
	span := ddtracer.SpanForLog(nil)
	if span == nil {
		return fields
	}
	for i := range fields {
		if fields[i].Key == logline.TraceID {
			return fields
		}
	}
	all := append(make([]Field, 0, len(fields)+1), Field{Type: InlineMarshalerType, Interface: (*ddIDs)(span)})
	return append(all, fields...)
}

// ddTop returns the encoder and the fields that write the ids outside of the namespaces that are open, and once.
func ddTop(enc *jsonEncoder, fields []Field) (*jsonEncoder, []Field) {
	if enc.buf == nil || enc.buf.Len() == 0 {
		return enc, fields
	}
	for i := range fields {
		ids, ok := fields[i].Interface.(*ddIDs)
		if !ok {
			continue
		}
		others := append(append([]Field(nil), fields[:i]...), fields[i+1:]...)
		if logline.Has(enc.buf.Bytes()) {
			return enc, others
		}
		if enc.openNamespaces == 0 {
			break
		}
		with := enc.clone()
		ids.MarshalLogObject(with)
		with.addElementSeparator()
		with.buf.Write(enc.buf.Bytes())
		return with, others
	}
	return enc, fields
}
