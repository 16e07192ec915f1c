// Package tree follows one request through three processes.
package tree

import (
	"bufio"
	"database/sql"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
	"github.com/twmb/franz-go/pkg/kfake"
)

// A process is a program that runs beside others.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	said string // its first line
}

// start builds a program with all libraries traced and runs it, until it says that it is ready.
func start(t *testing.T, name string, agent *libtest.Agent, env ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(libtest.Build(t, libtest.Program{Package: "./" + name}))}
	p.cmd.Env = append(append(os.Environ(), env...), agent.Env(), "DD_SERVICE="+name, "DD_TRACE_STARTUP_LOGS=false")
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() })
	if p.said, err = bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	p.said = strings.TrimSpace(p.said)
	return p
}

// end waits for the program's end.
func (p *process) end() {
	p.t.Helper()
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("%s: %v", p.cmd.Path, err)
	}
}

// stop asks it to end.
func (p *process) stop() {
	p.t.Helper()
	p.cmd.Process.Signal(syscall.SIGTERM)
	p.end()
}

// TestOneTree: what a request to a web server sets off, by way of gRPC, a database, NATS and Kafka, is one trace, and one
// tree. The programs know nothing of tracing.
func TestOneTree(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.db")
	db, err := sql.Open("sqlite3", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec("CREATE TABLE things (name TEXT, amount INT); INSERT INTO things VALUES ('lamp', 7); CREATE TABLE notes (text TEXT)")
	if err != nil {
		t.Fatal(err)
	}
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "bills", "parcels"))
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	agent := libtest.StartAgent(t)
	env := []string{"DATABASE=" + file + "?_busy_timeout=10000", "NATS=" + libtest.NATS(t), "KAFKA=" + broker.ListenAddrs()[0]}
	work := start(t, "work", agent, env...)
	stock := start(t, "stock", agent, env...)
	front := start(t, "front", agent, "STOCK="+stock.said)

	answer, err := http.Post("http://"+front.said+"/buy/lamp", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(answer.Body)
	answer.Body.Close()
	if string(body) != "7 left\n" {
		t.Errorf("the answer is %q", body)
	}
	work.end()
	front.stop()
	stock.stop()

	count := 0
	if err := db.QueryRow("SELECT count(*) FROM notes").Scan(&count); err != nil || count != 3 {
		t.Errorf("%d notes, %v", count, err)
	}
	got := "\n" + libtest.Trees(agent.Traces(), "span.kind")
	if got != want {
		t.Errorf("traces:%s\nwant:%s", got, want)
	}
}

// Both programs look for their databases first.
const want = `
front http.request "POST /buy/{thing}" span.kind="server"
  grpc.client grpc.client "/grpc.testing.TestService/UnaryCall" span.kind="client"
    stock grpc.server "/grpc.testing.TestService/UnaryCall" span.kind="server"
      kafka kafka.produce "Produce Topic bills" span.kind="producer"
        work kafka.consume "Consume Topic bills" span.kind="consumer"
          sqlite3.db sqlite3.query "INSERT INTO notes (text) VALUES (?)" span.kind="client"
      kafka kafka.produce "Produce Topic parcels" span.kind="producer"
        work kafka.consume "Consume Topic parcels" span.kind="consumer"
          sqlite3.db sqlite3.query "INSERT INTO notes (text) VALUES (?)" span.kind="client"
      nats nats.publish "bought.lamp" span.kind="producer"
        work nats.consume "bought.lamp" span.kind="consumer"
          sqlite3.db sqlite3.query "INSERT INTO notes (text) VALUES (?)" span.kind="client"
      sqlite3.db sqlite3.query "SELECT amount FROM things WHERE name = ?" span.kind="client"
sqlite3.db sqlite3.query "Ping" span.kind="client"
  sqlite3.db sqlite3.query "Connect" span.kind="client"
sqlite3.db sqlite3.query "Ping" span.kind="client"
  sqlite3.db sqlite3.query "Connect" span.kind="client"
`
