//go:build ignore

package redis

import (
	"strconv"
	"strings"

	ddhost "github.com/ddinstrument/ddinstrument/runtime/libs/hostport"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// ddPlace is what the spans of one server or cluster have in common: their sites, which say where it is. It is made with a
// client's Options, so that no command has to find it out.
type ddPlace struct {
	addr                    string
	db                      int
	command, pipeline, dial ddtracer.Site
}

// ddAnywhere is for a Ring, whose commands learn their server later, and for Options that were never initialised.
var ddAnywhere = ddNewPlace()

func (p *ddPlace) or() *ddPlace {
	if p == nil {
		return ddAnywhere
	}
	return p
}

func ddNewPlace(where ...ddtracer.SiteTag) *ddPlace {
	tags := []ddtracer.SiteTag{{Key: "component", Value: "redis/go-redis.v9"}, {Key: "span.kind", Value: "client"}, {Key: "db.system", Value: "redis"}}
	for _, t := range where {
		if t.Value != "" {
			tags = append(tags, t)
		}
	}
	return &ddPlace{
		command:  ddtracer.Site{Name: "redis.command", Service: "redis.client", Library: true, Type: "redis", Tags: tags},
		pipeline: ddtracer.Site{Name: "redis.command", Service: "redis.client", Library: true, Type: "redis", Tags: tags, Resource: "redis.pipeline"},
		dial:     ddtracer.Site{Name: "redis.dial", Service: "redis.client", Library: true, Type: "redis", Tags: tags},
	}
}

// ddFailover is what a failover client has in place of an address: its sentinels know that, see ddThrough.
const ddFailover = "FailoverClient"

// ddSettle finds out where a client's server is, once its Options are complete. Options may be used for a second client, by
// then with another address.
func ddSettle(opt *Options) {
	if p := opt.ddplace; p != nil && p.addr == opt.Addr && p.db == opt.DB {
		return
	}
	var host, port string
	if opt.Addr != ddFailover {
		host, port = ddhost.Split(opt.Addr)
	}
	p := ddNewPlace(ddtracer.SiteTag{Key: "out.host", Value: host}, ddtracer.SiteTag{Key: "out.port", Value: port}, ddtracer.SiteTag{Key: "out.db", Value: strconv.Itoa(opt.DB)},
		ddtracer.SiteTag{Key: "network.destination.name", Value: host}, ddtracer.SiteTag{Key: "network.destination.port", Value: port})
	p.addr, p.db = opt.Addr, opt.DB
	opt.ddplace = p
}

// ddSettleCluster is ddSettle for a cluster, of which some servers are known at first.
func ddSettleCluster(opt *ClusterOptions) {
	addrs := strings.Join(opt.Addrs, ", ")
	if p := opt.ddplace; p == nil || p.addr != addrs {
		p = ddNewPlace(ddtracer.SiteTag{Key: "addrs", Value: addrs})
		p.addr = addrs
		opt.ddplace = p
	}
}
