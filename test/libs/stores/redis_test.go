package stores

import (
	"sort"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

func TestRedis(t *testing.T) {
	for version, flags := range versions {
		t.Run(version, func(t *testing.T) {
			exe := libtest.Build(t, libtest.Program{Package: "./appredis", Flags: flags})
			plain := libtest.Build(t, libtest.Program{Package: "./appredis", Flags: flags, Plain: true})
			for _, c := range redisCases {
				t.Run(c.way, func(t *testing.T) {
					if out := libtest.Exec(t, plain, libtest.Program{Args: append([]string{c.way}, c.servers(t)...)}).Stdout; out != c.out {
						t.Fatalf("without tracing it printed\n%s\nwant\n%s", out, c.out)
					}
					servers := c.servers(t)
					r := libtest.Exec(t, exe, libtest.Program{Args: append([]string{c.way}, servers...)})
					if r.Code != 0 || r.Stdout != c.out {
						t.Errorf("exit status %d, printed\n%s%s\nwant\n%s", r.Code, r.Stdout, r.Stderr, c.out)
					}
					if got := "\n" + commands(r, servers, c.keys...); got != c.want {
						t.Errorf("commands:%s\nwant:%s", got, c.want)
					}
					noSecrets(t, r)
				})
			}
		})
	}
}

// commands are all spans but those of connections that are opened, as how many of these there are is the pools' affair, and
// of what only some versions send. Servers go by the names A and B there.
func commands(r libtest.Result, servers []string, keys ...string) string {
	var b strings.Builder
	for _, trace := range r.Traces {
		var spans []agent.Span
		for _, s := range trace.Spans {
			if s.Name != "redis.dial" && s.Resource != "unwatch" {
				spans = append(spans, s)
			}
		}
		b.WriteString(libtest.Tree(spans, keys...))
	}
	var names []string
	for i, addr := range servers {
		_, port, _ := strings.Cut(addr, ":")
		names = append(names, addr, string(rune('A'+i)), `"`+port+`"`, `"`+string(rune('A'+i))+`"`)
	}
	lines := strings.SplitAfter(strings.NewReplacer(names...).Replace(b.String()), "\n")
	if len(servers) > 1 {
		sort.Strings(lines) // what is asked of all servers at once has no order
	}
	return strings.Join(lines, "")
}

// TestRedisSpan looks at all that a command's span says, and the connection's that is opened for it.
func TestRedisSpan(t *testing.T) {
	exe := libtest.Build(t, libtest.Program{Package: "./appredis"})
	addr := libtest.Redis(t)
	_, port, _ := strings.Cut(addr, ":")
	where := map[string]string{
		"component": "redis/go-redis.v9", "db.system": "redis", "span.kind": "client", "out.db": "0", "out.host": "127.0.0.1", "out.port": port,
		"network.destination.name": "127.0.0.1", "network.destination.port": port,
	}
	r := libtest.Exec(t, exe, libtest.Program{Args: []string{"errors", addr}})
	set := spanOf(t, r, "redis.command", "set")
	has(t, set, where)
	has(t, set, map[string]string{"redis.raw_command": "set text x", "redis.args_length": "3", "error.message": ""})
	dial := spanOf(t, r, "redis.dial", "redis.dial")
	has(t, dial, where)
	if dial.ParentID != set.SpanID || dial.Service != "redis.client" || dial.Type != "redis" || set.Type != "redis" {
		t.Errorf("the connection's span is of %s, type %s, below %d; the command's is %d of type %s", dial.Service, dial.Type, dial.ParentID, set.SpanID, set.Type)
	}
	has(t, spanOf(t, r, "redis.command", "incr"), map[string]string{"error.message": "ERR value is not an integer or out of range"})
	last := r.Traces[len(r.Traces)-1].Spans
	has(t, last[len(last)-1], map[string]string{"error.message": "dial tcp 127.0.0.1:1: connect: connection refused", "out.port": "1"})

	r = libtest.Exec(t, exe, libtest.Program{Args: []string{"errors", addr}, Env: []string{"DD_TRACE_ENABLED=false"}})
	if len(r.Spans()) != 0 || r.Code != 0 {
		t.Errorf("with tracing off there are %d spans, exit status %d", len(r.Spans()), r.Code)
	}
}

// A failover client's commands say which server they went to, and what it asks its sentinels is not shown.
func TestRedisSentinel(t *testing.T) {
	for version, flags := range versions {
		t.Run(version, func(t *testing.T) {
			server := libtest.Redis(t)
			_, port, _ := strings.Cut(server, ":")
			r := libtest.Run(t, libtest.Program{Package: "./appredis", Flags: flags, Args: []string{"sentinel", libtest.RedisSentinel(t, server)}})
			if r.Stdout != "OK\n2\n" {
				t.Fatalf("it printed\n%s%s", r.Stdout, r.Stderr)
			}
			has(t, spanOf(t, r, "redis.command", "set"), map[string]string{"out.host": "127.0.0.1", "out.port": port, "network.destination.port": port})
			if n := strings.Count(commands(r, nil), "sentinel"); n != 1 {
				t.Errorf("%d commands to sentinels, want the program's own: %s", n, commands(r, nil))
			}
		})
	}
}

// Commands of many goroutines, over a pool of connections, are traces of their own.
func TestRedisMany(t *testing.T) {
	r := libtest.Run(t, libtest.Program{Package: "./appredis", Args: []string{"many", libtest.Redis(t)}})
	if r.Stdout != "200\n" {
		t.Fatalf("it printed\n%s%s", r.Stdout, r.Stderr)
	}
	n := 0
	for _, trace := range r.Traces {
		if root := trace.Spans[0]; root.ParentID != 0 || root.Name != "redis.command" {
			t.Errorf("a trace begins with %s, parent %d", root.Name, root.ParentID)
		}
		n++
	}
	if n != 201 {
		t.Errorf("%d traces, want 201", n)
	}
}

func spanOf(t *testing.T, r libtest.Result, name, resource string) agent.Span {
	t.Helper()
	for _, s := range r.Spans() {
		if s.Name == name && s.Resource == resource {
			return s
		}
	}
	t.Fatalf("there is no span %s %s", name, resource)
	return agent.Span{}
}

// has compares tags; "" is for one that is not there.
func has(t *testing.T, s agent.Span, want map[string]string) {
	t.Helper()
	for key, v := range want {
		if s.Meta[key] != v {
			t.Errorf("%s of %s is %q, want %q", key, s.Resource, s.Meta[key], v)
		}
	}
}

func noSecrets(t *testing.T, r libtest.Result) {
	t.Helper()
	for _, s := range r.Spans() {
		for key, v := range s.Meta {
			if strings.Contains(v, "swordfish") {
				t.Errorf("%s of %s has the password: %s", key, s.Resource, v)
			}
		}
	}
}

func oneServer(t *testing.T) []string { return []string{libtest.Redis(t)} }

func serverWithPassword(t *testing.T) []string {
	addr := libtest.Redis(t)
	libtest.RedisSay(t, addr, "ACL SETUSER me on ~* &* +@all >swordfish")
	libtest.RedisSay(t, addr, "ACL SETUSER default off")
	return []string{addr}
}

var redisCases = []struct {
	way     string
	servers func(*testing.T) []string
	keys    []string
	out     string
	want    string
}{
	{"commands", oneServer, []string{"redis.raw_command", "redis.args_length", "redis.pipeline_length", "out.port", "out.db", "error.message"}, `OK
value
error: redis: nil
1
2
x
error: redis: nil
error: redis: nil
1
watched
scanned key
`, `
redis.client redis.command "set" redis.raw_command="set key value ex 60" redis.args_length="5" out.port="A" out.db="2"
redis.client redis.command "get" redis.raw_command="get key" redis.args_length="2" out.port="A" out.db="2"
redis.client redis.command "get" redis.raw_command="get none" redis.args_length="2" out.port="A" out.db="2"
redis.client redis.command "exists" redis.raw_command="EXISTS key" redis.args_length="2" out.port="A" out.db="2"
redis.client redis.command "hset" redis.raw_command="hset hash a 1 b 2.5" redis.args_length="6" out.port="A" out.db="2"
redis.client redis.command "eval" redis.raw_command="eval return ARGV[1] 1 key x" redis.args_length="5" out.port="A" out.db="2"
redis.client redis.command "blpop" redis.raw_command="blpop list 1" redis.args_length="3" out.port="A" out.db="2"
redis.client redis.command "redis.pipeline" redis.raw_command="incr n\nget none" redis.pipeline_length="2" out.port="A" out.db="2"
redis.client redis.command "redis.pipeline" redis.raw_command="multi\nincr n\nexec" redis.pipeline_length="3" out.port="A" out.db="2"
redis.client redis.command "watch" redis.raw_command="watch watched" redis.args_length="2" out.port="A" out.db="2"
redis.client redis.command "redis.pipeline" redis.raw_command="multi\nset watched 1\nexec" redis.pipeline_length="3" out.port="A" out.db="2"
redis.client redis.command "scan" redis.raw_command="scan 0 match k* count 10" redis.args_length="6" out.port="A" out.db="2"
`},
	{"connection", serverWithPassword, []string{"redis.raw_command", "out.db"}, `PONG
[ping dial]
OK
OK
OK
OK
hi
`, `
redis.client redis.command "ping" redis.raw_command="ping" out.db="1"
redis.client redis.command "auth" redis.raw_command="auth ? ?" out.db="1"
redis.client redis.command "select" redis.raw_command="select 3" out.db="1"
redis.client redis.command "config" redis.raw_command="config set masterauth ?" out.db="1"
redis.client redis.command "acl" redis.raw_command="acl setuser other ?" out.db="1"
redis.client redis.command "echo" redis.raw_command="echo hi" out.db="1"
`},
	{"errors", oneServer, []string{"redis.raw_command"}, `OK
error: ERR value is not an integer or out of range
error: redis: nil
error: redis: transaction failed
error: context canceled
timeout: true
nobody there: true
`, `
redis.client redis.command "set" redis.raw_command="set text x"
redis.client redis.command "incr" error redis.raw_command="incr text"
redis.client redis.command "redis.pipeline" error redis.raw_command="get none\nlpop text"
redis.client redis.command "watch" redis.raw_command="watch watched"
redis.client redis.command "set" redis.raw_command="set watched 2"
redis.client redis.command "redis.pipeline" error redis.raw_command="multi\nset watched 1\nexec"
redis.client redis.command "get" error redis.raw_command="get text"
redis.client redis.command "blpop" error redis.raw_command="blpop list 1"
redis.client redis.command "get" error redis.raw_command="get x"
`},
	{"subscribe", oneServer, []string{"redis.raw_command"}, `1
news hi
`, `
redis.client redis.command "publish" redis.raw_command="publish news hi"
`},
	// One span for a command, with the server that had the answer; and none for the slots and the command table that the
	// client asks for itself.
	{"cluster", func(t *testing.T) []string { return libtest.RedisCluster(t) }, []string{"redis.raw_command", "addrs", "out.port"}, `OK
v
OK
v
error: redis: nil
error: WRONGTYPE Operation against a key holding the wrong kind of value
transaction
[me me]
`, `
redis.client redis.command "echo" redis.raw_command="echo me" out.port="A"
redis.client redis.command "echo" redis.raw_command="echo me" out.port="B"
redis.client redis.command "get" redis.raw_command="get a" addrs="A, B" out.port="B"
redis.client redis.command "get" redis.raw_command="get b" addrs="A, B" out.port="A"
redis.client redis.command "get" redis.raw_command="get none" addrs="A, B" out.port="A"
redis.client redis.command "redis.pipeline" error redis.raw_command="get a\nget b\nlpop a" addrs="A, B"
redis.client redis.command "redis.pipeline" redis.raw_command="multi\nset a x\nexec" addrs="A, B"
redis.client redis.command "set" redis.raw_command="set a v" addrs="A, B" out.port="B"
redis.client redis.command "set" redis.raw_command="set b v" addrs="A, B" out.port="A"
`},
	{"moved", func(t *testing.T) []string { return libtest.RedisCluster(t) }, []string{"redis.raw_command", "out.port"}, "OK\n", `
redis.client redis.command "set" redis.raw_command="set a v" out.port="B"
`},
	{"ring", func(t *testing.T) []string { return append(oneServer(t), oneServer(t)...) }, []string{"redis.raw_command", "out.port"}, `OK
error: redis: nil
pipeline
shards
`, `
redis.client redis.command "echo" redis.raw_command="echo me" out.port="A"
redis.client redis.command "echo" redis.raw_command="echo me" out.port="B"
redis.client redis.command "get" redis.raw_command="get none" out.port="A"
redis.client redis.command "redis.pipeline" redis.raw_command="set a 1\nset b 1\nset c 1\nset d 1"
redis.client redis.command "set" redis.raw_command="set a v" out.port="B"
`},
}
