package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
)

// shop is what is measured: a server, those who ask it, and a database.
type shop struct {
	url    string
	client *http.Client
	db     *sql.DB

	conn    net.Conn // a client's that nothing traces
	answers *bufio.Reader
}

const (
	bread     = "rye\n"
	statement = "SELECT name FROM bread WHERE id = $1"
	source    = "postgres://baker:secret@db.bakery.test:5432/bakery"
)

func open() (*shop, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &shop{url: "http://" + l.Addr().String(), client: newClient()}
	if s.db, err = openDB(source); err != nil {
		return nil, err
	}
	mux := newMux()
	mux.HandleFunc("GET /bread/{id}", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, bread)
	})
	mux.HandleFunc("GET /stock/{id}", func(w http.ResponseWriter, r *http.Request) {
		name, err := s.query(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		io.WriteString(w, name)
	})
	go http.Serve(l, mux)
	if s.conn, err = net.Dial("tcp", l.Addr().String()); err != nil {
		return nil, err
	}
	s.answers = bufio.NewReader(s.conn)
	return s, nil
}

// handling is what routes requests: http.ServeMux, and what wraps it.
type handling interface {
	http.Handler
	HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request))
}

var (
	requestBread = []byte("GET /bread/7?slices=2 HTTP/1.1\r\nHost: bakery.test\r\nUser-Agent: bench\r\n\r\n")
	requestStock = []byte("GET /stock/7?slices=2 HTTP/1.1\r\nHost: bakery.test\r\nUser-Agent: bench\r\n\r\n")
	statusOK     = []byte("HTTP/1.1 200 OK\r\n")
)

// served is a request that the server answers. The client is a connection, so that only the server is traced.
func (s *shop) served() error { return s.ask(requestBread) }

// servedQuery is one for which the server queries the database.
func (s *shop) servedQuery() error { return s.ask(requestStock) }

func (s *shop) ask(request []byte) error {
	if _, err := s.conn.Write(request); err != nil {
		return err
	}
	for first := true; ; first = false {
		line, err := s.answers.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !bytes.Equal(line, statusOK) {
			return fmt.Errorf("answered: %q", line)
		}
		if len(line) == len("\r\n") {
			break
		}
	}
	_, err := s.answers.Discard(len(bread))
	return err
}

// made is a request that the program makes and answers itself.
func (s *shop) made() error {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.url+"/bread/7?slices=2", nil)
	if err != nil {
		return err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answered: %s", resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// queried is a query with one row.
func (s *shop) queried() error {
	_, err := s.query(context.Background())
	return err
}

func (s *shop) query(ctx context.Context) (name string, err error) {
	err = s.db.QueryRowContext(ctx, statement, 7).Scan(&name)
	return name, err
}
