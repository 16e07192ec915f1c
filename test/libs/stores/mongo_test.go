package stores

import (
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

func TestMongo(t *testing.T) {
	for version, flags := range versions {
		t.Run(version, func(t *testing.T) {
			server := mongoServer(t)
			_, port, _ := strings.Cut(server, ":")
			exe := libtest.Build(t, libtest.Program{Package: "./appmongo", Flags: flags})
			r := libtest.Exec(t, exe, libtest.Program{Args: []string{server}})
			if r.Code != 0 || r.Stderr != "" || r.Stdout != mongoOut+"map[]\n" {
				t.Errorf("exit status %d, printed\n%s%s\nwant\n%s", r.Code, r.Stdout, r.Stderr, mongoOut)
			}
			var b strings.Builder
			for _, trace := range r.Traces {
				b.WriteString(libtest.Tree(trace.Spans, "db.instance", "mongodb.query"))
			}
			if got := "\n" + strings.ReplaceAll(b.String(), `\"`, `'`); got != mongoSpans {
				t.Errorf("spans:%s\nwant:%s", got, mongoSpans)
			}
			noSecrets(t, r)
			for _, s := range r.Spans() {
				if s.Type != "mongodb" {
					t.Errorf("%s is of type %q", s.Resource, s.Type)
				}
				has(t, s, map[string]string{
					"component": "go.mongodb.org/mongo-driver.v2", "span.kind": "client", "db.system": "mongodb", "db.type": "mongo",
					"peer.hostname": "127.0.0.1", "peer.port": port, "network.destination.name": "127.0.0.1", "network.destination.port": port,
				})
				if (s.Error != 0) != (s.Meta["error.message"] != "") {
					t.Errorf("error of %s is %d, message %q", s.Resource, s.Error, s.Meta["error.message"])
				}
			}
			if r := libtest.Exec(t, exe, libtest.Program{Args: []string{server}, Env: []string{"DD_TRACE_ENABLED=false"}}); len(r.Spans()) != 0 || r.Stdout != mongoOut+"map[]\n" {
				t.Errorf("with tracing off there are %d spans, and it printed\n%s", len(r.Spans()), r.Stdout)
			}
		})
	}
}

// The program's own monitor is told what it is told without tracing.
func TestMongoMonitor(t *testing.T) {
	args := []string{mongoServer(t), "monitor"}
	plain := libtest.Run(t, libtest.Program{Package: "./appmongo", Args: args, Plain: true})
	traced := libtest.Run(t, libtest.Program{Package: "./appmongo", Args: args})
	if !strings.Contains(plain.Stdout, "failed fails:1") || traced.Stdout != plain.Stdout {
		t.Errorf("it printed\n%s\nand without tracing\n%s", traced.Stdout, plain.Stdout)
	}
	if len(plain.Spans()) != 0 || len(traced.Spans()) != strings.Count(mongoSpans, "mongodb.query \"") {
		t.Errorf("%d spans, %d without tracing", len(traced.Spans()), len(plain.Spans()))
	}
}

const mongoOut = `ping
insert
insert many
find
all
4
update
delete
twice failed: true false
fails failed: false false
sleep failed: false true
user
disconnect
`

const mongoSpans = `
mongo mongodb.query "mongo.ping" db.instance="admin" mongodb.query="{'ping':1,'$db':'admin'}"
mongo mongodb.query "mongo.insert" db.instance="shop" mongodb.query="{'insert':'users','ordered':true,'$db':'shop','documents':[{'_id':'?','email':'?'}]}"
mongo mongodb.query "mongo.insert" db.instance="shop" mongodb.query="{'insert':'users','ordered':true,'$db':'shop','documents':[{'_id':'?'},{'_id':'?'}]}"
mongo mongodb.query "mongo.find" db.instance="shop" mongodb.query="{'find':'users','batchSize':2,'filter':{'age':{'$gt':'?'}},'sort':{'age':-1},'$db':'shop'}"
mongo mongodb.query "mongo.getMore" db.instance="shop" mongodb.query="{'getMore':7,'collection':'users','batchSize':2,'$db':'shop'}"
mongo mongodb.query "mongo.update" db.instance="shop" mongodb.query="{'update':'users','ordered':true,'$db':'shop','updates':[{'q':{'_id':'?'},'u':{'$set':{'email':'?'}}}]}"
mongo mongodb.query "mongo.delete" db.instance="shop" mongodb.query="{'delete':'users','ordered':true,'$db':'shop','deletes':[{'q':{'age':'?'},'limit':'?'}]}"
mongo mongodb.query "mongo.insert" error db.instance="shop" mongodb.query="{'insert':'users','ordered':true,'$db':'shop','documents':[{'_id':'?'}]}"
mongo mongodb.query "mongo.fails" error db.instance="shop" mongodb.query="{'fails':1,'$db':'shop'}"
mongo mongodb.query "mongo.sleep" error db.instance="shop" mongodb.query="{'sleep':1,'$db':'shop'}"
mongo mongodb.query "mongo.createUser" db.instance="shop"
mongo mongodb.query "mongo.endSessions" db.instance="admin" mongodb.query="{'endSessions':[{'id':'?'}],'$db':'admin'}"
`
