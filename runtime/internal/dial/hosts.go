//go:build go1.21 && (linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package dial

import (
	"strconv"
	"strings"
)

// Bounds of what the files may say.
const (
	maxServers   = 3  // as many as the C library asks
	maxSearch    = 6  // as above
	maxAddresses = 16 // of one name
	maxName      = 254
)

// inHosts returns the addresses that the text of a hosts file has for a name.
func inHosts(text, name string) []addr {
	name = strings.TrimSuffix(name, ".")
	var found []addr
	for text != "" && len(found) < maxAddresses {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line, _, _ = strings.Cut(line, "#")
		if len(line) < len(name) {
			continue
		}
		words := strings.Fields(line)
		for i := 1; i < len(words); i++ {
			if !strings.EqualFold(strings.TrimSuffix(words[i], "."), name) {
				continue
			}
			if a, ok := parseIP(words[0]); ok {
				found = append(found, a)
			}
			break
		}
	}
	return found
}

// resolvConf is what counts of resolv.conf(5).
type resolvConf struct {
	servers []addr
	search  []string
	ndots   int
}

// parseResolvConf reads the file's text; without one, a name server is supposed to be on this machine.
func parseResolvConf(text string, port uint16) resolvConf {
	c := resolvConf{ndots: 1}
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		words := strings.Fields(line)
		if len(words) < 2 || words[0][0] == '#' || words[0][0] == ';' {
			continue
		}
		switch words[0] {
		case "nameserver":
			if a, ok := parseIP(words[1]); ok && len(c.servers) < maxServers {
				a.port = port
				c.servers = append(c.servers, a)
			}
		case "domain":
			c.search = words[1:2]
		case "search":
			c.search = words[1:]
		case "options":
			for _, o := range words[1:] {
				if n, ok := strings.CutPrefix(o, "ndots:"); ok {
					c.ndots, _ = strconv.Atoi(n)
				}
			}
		}
	}
	if len(c.search) > maxSearch {
		c.search = c.search[:maxSearch]
	}
	if c.servers == nil {
		c.servers = []addr{{ip: [16]byte{127, 0, 0, 1}, port: port}, {ip: [16]byte{15: 1}, v6: true, port: port}}
	}
	return c
}

// names returns the full names to ask for, in order: a name with enough dots in it is asked for as it is first, others
// in the domains of the search list first.
func (c *resolvConf) names(name string) []string {
	if strings.HasSuffix(name, ".") {
		return []string{name}
	}
	var list []string
	for _, domain := range c.search {
		domain = strings.Trim(domain, ".")
		if domain != "" {
			list = append(list, name+"."+domain+".")
		}
	}
	if strings.Count(name, ".") >= c.ndots {
		return append([]string{name + "."}, list...)
	}
	return append(list, name+".")
}
