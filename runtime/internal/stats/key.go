//go:build go1.21

package stats

import (
	"hash/maphash"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

// Key is what tells spans apart that are not counted together (datadog-agent, pkg/trace/stats, BucketsAggregationKey).
type Key struct {
	Service, Name, Resource, Type string

	Kind     string // span.kind
	GRPC     string // the gRPC status code, a number
	Method   string // of HTTP
	Endpoint string // of HTTP
	Source   string // who has set the service: _dd.svc_src
	Version  string // the span's, if it is not that of the program
	Peers    string // peer tags, as Batch.Peers returns them

	Status     uint32 // of HTTP; 0: none
	Synthetics bool   // made by Datadog's synthetic tests
	Root       Trilean
}

// Trilean is a truth that need not be known.
type Trilean uint8

// The values that the agent gives a meaning.
const (
	Unknown Trilean = iota
	True
	False
)

// texts returns where the key's texts are.
func (k *Key) texts() [11]*string {
	return [...]*string{
		&k.Service, &k.Name, &k.Resource, &k.Type, &k.Kind, &k.GRPC, &k.Method, &k.Endpoint, &k.Source, &k.Version, &k.Peers,
	}
}

// bytes is how long the texts are together.
func (k *Key) bytes() (n int64) {
	for _, s := range k.texts() {
		n += int64(len(*s))
	}
	return n
}

// own returns a copy of the key that holds on to none of the program's memory: a text may be a small part of something
// large.
func (k Key) own() Key {
	var b strings.Builder
	b.Grow(int(k.bytes()))
	for _, s := range k.texts() {
		b.WriteString(*s)
	}
	all := b.String()
	for _, s := range k.texts() {
		n := len(*s)
		*s, all = all[:n], all[n:]
	}
	return k
}

var seed = maphash.MakeSeed()

// hash is made of what usually tells keys apart; comparing them does the rest.
func (k *Key) hash() uint64 {
	h := maphash.String(seed, k.Resource) ^ uint64(k.Status)*0x9e3779b97f4a7c15 ^ uint64(len(k.Kind)|len(k.Type)<<8|len(k.Method)<<16|int(k.Root)<<24)
	h = mix(h, maphash.String(seed, k.Name))
	h = mix(h, maphash.String(seed, k.Service))
	if k.Peers != "" {
		h = mix(h, maphash.String(seed, k.Peers))
	}
	if k.Endpoint != "" {
		h = mix(h, maphash.String(seed, k.Endpoint))
	}
	if k.Version != "" {
		h = mix(h, maphash.String(seed, k.Version))
	}
	return h
}

func mix(h, with uint64) uint64 {
	h = (h ^ with) * 0x9fb21c651e98df25
	return h ^ h>>32
}

// blocked stands for every text of a key beyond the limit, as it does in other tracers (dd-trace-go's
// tracer_blocked_value; pkg/trace/stats, wholeKeyCollapsedAggregation).
const blocked = "tracer_blocked_value"

func blockedKey() Key {
	return Key{
		Service: blocked, Name: blocked, Resource: blocked, Type: blocked, Kind: blocked, Method: blocked, Endpoint: blocked,
		Source: blocked, Peers: string(msgpack.AppendString(nil, blocked)),
	}
}
