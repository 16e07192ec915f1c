package stores

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// mongoServer answers the commands that appmongo sends, as a MongoDB would, and
// keeps nothing. Debian has no MongoDB.
func mongoServer(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serveMongo(t, conn)
		}
	}()
	return l.Addr().String()
}

const (
	opReply = 1
	opQuery = 2004
	opMsg   = 2013
)

func serveMongo(t *testing.T, conn net.Conn) {
	defer conn.Close()
	for {
		head := make([]byte, 16)
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		body := make([]byte, binary.LittleEndian.Uint32(head)-16)
		if _, err := io.ReadFull(conn, body); err != nil {
			return
		}
		command, err := commandOf(binary.LittleEndian.Uint32(head[12:]), body)
		if err != nil {
			t.Error(err)
			return
		}
		answer, err := bson.Marshal(answerTo(command, bytes.Contains(body, []byte("twice"))))
		if err != nil {
			t.Error(err)
			return
		}
		if binary.LittleEndian.Uint32(head[12:]) == opQuery {
			answer = append(make([]byte, 16), append([]byte{1, 0, 0, 0}, answer...)...)
			answer = message(opReply, head[4:8], answer)
		} else {
			answer = message(opMsg, head[4:8], append(make([]byte, 5), answer...))
		}
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}

func message(op uint32, id, body []byte) []byte {
	m := binary.LittleEndian.AppendUint32(nil, uint32(len(body)+16))
	m = append(append(m, 0, 0, 0, 0), id...)
	return append(binary.LittleEndian.AppendUint32(m, op), body...)
}

// commandOf returns a command with the documents that came in sections of their own.
func commandOf(op uint32, body []byte) (command bson.D, err error) {
	if op == opQuery { // the first one of a connection
		for i := 4; i < len(body); i++ {
			if body[i] == 0 { // the end of the collection's name
				return command, bson.Unmarshal(body[i+9:], &command)
			}
		}
	}
	if op != opMsg {
		return nil, errors.New("a message of another kind")
	}
	for rest := body[4:]; len(rest) > 4; {
		section, n := rest[0], int(binary.LittleEndian.Uint32(rest[1:]))
		if section == 0 {
			if err := bson.Unmarshal(rest[1:1+n], &command); err != nil {
				return nil, err
			}
		}
		rest = rest[1+n:]
	}
	return command, nil
}

func answerTo(command bson.D, twice bool) bson.D {
	ok := bson.E{Key: "ok", Value: 1}
	batch := func(key string, id int64) bson.D {
		docs := bson.A{bson.D{{Key: "_id", Value: 1}}, bson.D{{Key: "_id", Value: 2}}}
		return bson.D{{Key: "cursor", Value: bson.D{{Key: key, Value: docs}, {Key: "id", Value: id}, {Key: "ns", Value: "shop.users"}}}, ok}
	}
	switch command[0].Key {
	case "hello", "isMaster", "ismaster":
		return bson.D{{Key: "helloOk", Value: true}, {Key: "isWritablePrimary", Value: true}, {Key: "ismaster", Value: true}, {Key: "maxBsonObjectSize", Value: 16 << 20},
			{Key: "maxMessageSizeBytes", Value: 48000000}, {Key: "maxWriteBatchSize", Value: 100000}, {Key: "minWireVersion", Value: 0}, {Key: "maxWireVersion", Value: 21},
			{Key: "logicalSessionTimeoutMinutes", Value: 30}, ok}
	case "find":
		return batch("firstBatch", 7)
	case "getMore":
		return batch("nextBatch", 0)
	case "insert":
		if twice {
			return bson.D{{Key: "n", Value: 0}, {Key: "writeErrors", Value: bson.A{bson.D{{Key: "index", Value: 0}, {Key: "code", Value: 11000}, {Key: "errmsg", Value: "E11000 duplicate key"}}}}, ok}
		}
	case "update":
		return bson.D{{Key: "n", Value: 1}, {Key: "nModified", Value: 1}, ok}
	case "fails":
		return bson.D{{Key: "ok", Value: 0}, {Key: "errmsg", Value: "no such command"}, {Key: "code", Value: 59}}
	case "sleep":
		time.Sleep(time.Second)
	}
	return bson.D{{Key: "n", Value: 1}, ok}
}
