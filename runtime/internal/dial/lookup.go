//go:build go1.21 && (linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package dial

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strings"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/files"
)

const (
	tries     = 2           // for each name, of every server
	tryFor    = time.Second // a server may take for its answers
	maxHosts  = 4 << 20     // bytes of the hosts file: some block half the world in it
	maxConf   = 64 << 10
	maxAnswer = 4096 // bytes; without a word about it, servers send 512 at the most
)

var (
	errServers = errors.New("no name server answers")
	errFailed  = errors.New("the name server can't tell the address now")
)

// resolver is where names are looked up.
type resolver struct {
	hosts, conf string // files
	port        uint16 // of name servers
}

var system = resolver{hosts: "/etc/hosts", conf: "/etc/resolv.conf", port: 53}

// lookup returns the addresses of a host; there is at least one if there is no error. IPv4 comes before IPv6, unless
// the hosts file has it otherwise. localhost is not looked up: that would read a file for what is known.
func (r *resolver) lookup(host string, limit time.Time) ([]addr, error) {
	if a, ok := parseIP(host); ok {
		return []addr{a}, nil
	}
	if strings.Contains(host, ":") {
		return nil, errName
	}
	if host == "localhost" {
		return []addr{{ip: [16]byte{127, 0, 0, 1}}, {ip: [16]byte{15: 1}, v6: true}}, nil
	}
	if list := inHosts(files.Read(r.hosts, maxHosts), host); list != nil {
		return list, nil
	}
	conf := parseResolvConf(files.Read(r.conf, maxConf), r.port)
	failure := fmt.Errorf("no address is known of %s", host)
	for _, name := range conf.names(host) {
		list, err := conf.lookup(name, limit)
		switch {
		case list != nil:
			return list, nil
		case err == errServers: // they will not answer for another name either
			return nil, err
		case err != nil:
			failure = err
		}
	}
	return nil, failure
}

// lookup asks the servers in turn for one name. Without an error and addresses, there is no such name.
func (c *resolvConf) lookup(name string, limit time.Time) ([]addr, error) {
	id := uint16(maphash.String(maphash.MakeSeed(), "")) // random, past the source that is the program's
	failure := errServers
	for try := 0; try < tries; try++ {
		for _, server := range c.servers {
			now := time.Now()
			if now.After(limit) {
				return nil, failure
			}
			until := now.Add(tryFor)
			if limit.Before(until) {
				until = limit
			}
			list, code, err := ask(server, id, name, until)
			id += 2
			switch {
			case err == errName:
				return nil, err
			case err == errMessage:
				failure = err
			case err != nil:
			case list != nil || code == codeOK || code == codeNoName:
				return list, nil
			default:
				failure = errFailed
			}
		}
	}
	return nil, failure
}

// ask asks one server for both kinds of addresses at once.
func ask(server addr, id uint16, name string, until time.Time) (list []addr, code int, err error) {
	var open [2]query // not yet answered
	for i, kind := range [2]uint16{typeA, typeAAAA} {
		if open[i], err = newQuery(id+uint16(i), name, kind); err != nil {
			return nil, 0, err
		}
	}
	conn, err := connectUDP(server, until)
	if err != nil {
		return nil, 0, err
	}
	defer conn.Close()
	for _, q := range open {
		if _, err := conn.Write(q); err != nil {
			return nil, 0, err
		}
	}
	var found [2][]addr
	message := make([]byte, maxAnswer)
	for left := len(open); left > 0; {
		n, err := conn.Read(message)
		if err == io.EOF { // that is what a file makes of an empty message
			continue
		}
		if err != nil { // one answer is as good as two where it has an address
			list = append(found[0], found[1]...)
			if list == nil {
				return nil, 0, err
			}
			return list, codeOK, nil
		}
		for i, q := range open {
			if q == nil || !q.answeredBy(message[:n]) {
				continue
			}
			c := 0
			if found[i], c, err = q.addresses(message[:n]); err != nil {
				return nil, 0, err
			}
			if code == codeOK || code == codeNoName { // what is worse stays
				code = c
			}
			open[i] = nil
			left--
		}
	}
	return append(found[0], found[1]...), code, nil
}
