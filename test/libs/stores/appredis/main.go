// Command appredis uses Redis, as its first argument says, at the addresses
// that follow. It knows nothing of tracing.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

func main() {
	ctx := context.Background()
	addrs := os.Args[2:]
	switch os.Args[1] {
	case "commands":
		commands(ctx, addrs[0])
	case "connection":
		connection(ctx, addrs[0])
	case "errors":
		failures(ctx, addrs[0])
	case "subscribe":
		subscribe(ctx, addrs[0])
	case "cluster":
		cluster(ctx, addrs)
	case "moved":
		moved(ctx, addrs)
	case "ring":
		ring(ctx, addrs)
	case "sentinel":
		sentinel(ctx, addrs[0])
	case "many":
		many(ctx, addrs[0])
	}
}

func show(result any, err error) {
	if err != nil {
		fmt.Println("error:", err)
		return
	}
	fmt.Println(result)
}

func commands(ctx context.Context, addr string) {
	c := redis.NewClient(&redis.Options{Addr: addr, DB: 2})
	defer c.Close()
	show(c.Set(ctx, "key", "value", time.Minute).Result())
	show(c.Get(ctx, "key").Result())
	show(c.Get(ctx, "none").Result())
	show(c.Do(ctx, "EXISTS", "key").Int())
	show(c.HSet(ctx, "hash", "a", 1, "b", 2.5).Result())
	show(c.Eval(ctx, "return ARGV[1]", []string{"key"}, "x").Result())
	show(c.BLPop(ctx, 50*time.Millisecond, "list").Result())

	cmds, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Incr(ctx, "n")
		p.Get(ctx, "none")
		return nil
	})
	show(len(cmds), err)
	cmds, err = c.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Incr(ctx, "n")
		return nil
	})
	show(len(cmds), err)
	show("watched", c.Watch(ctx, func(tx *redis.Tx) error {
		_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "watched", 1, 0)
			return nil
		})
		return err
	}, "watched"))
	it := c.Scan(ctx, 0, "k*", 10).Iterator()
	for it.Next(ctx) {
		fmt.Println("scanned", it.Val())
	}
}

// A hook of the program's own sees what it did.
type hook struct{ seen []string }

func (h *hook) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		h.seen = append(h.seen, "dial")
		return next(ctx, network, addr)
	}
}

func (h *hook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if name := cmd.Name(); name != "hello" && name != "client" {
			h.seen = append(h.seen, name)
		}
		return next(ctx, cmd)
	}
}

func (h *hook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func connection(ctx context.Context, addr string) {
	h := new(hook)
	c := redis.NewClient(&redis.Options{
		Addr: addr, Username: "me", Password: "swordfish", ClientName: "app", DB: 1,
		OnConnect: func(ctx context.Context, cn *redis.Conn) error { return cn.Ping(ctx).Err() },
	})
	c.AddHook(h)
	defer c.Close()
	show(c.Ping(ctx).Result())
	fmt.Println(h.seen[:2])
	cn := c.Conn()
	defer cn.Close()
	show(cn.AuthACL(ctx, "me", "swordfish").Result())
	show(cn.Select(ctx, 3).Result())
	show(c.ConfigSet(ctx, "masterauth", "swordfish").Result())
	show(c.Do(ctx, "acl", "setuser", "other", ">swordfish").Result())
	show(c.WithTimeout(time.Second).Echo(ctx, "hi").Result())
}

func failures(ctx context.Context, addr string) {
	c := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1, ReadTimeout: time.Second, ContextTimeoutEnabled: true})
	defer c.Close()
	show(c.Set(ctx, "text", "x", 0).Result())
	show(c.Incr(ctx, "text").Result())
	_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Get(ctx, "none")
		p.LPop(ctx, "text")
		return nil
	})
	show("pipeline", err)
	err = c.Watch(ctx, func(tx *redis.Tx) error {
		if err := c.Set(ctx, "watched", 2, 0).Err(); err != nil {
			return err
		}
		_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "watched", 1, 0)
			return nil
		})
		return err
	}, "watched")
	show("watched", err)
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	show(c.Get(canceled, "text").Result())
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	_, err = c.BLPop(short, time.Second, "list").Result()
	fmt.Println("timeout:", err != nil)

	nobody := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1, PoolSize: 1})
	defer nobody.Close()
	_, err = nobody.Get(ctx, "x").Result()
	fmt.Println("nobody there:", err != nil)
}

func subscribe(ctx context.Context, addr string) {
	c := redis.NewClient(&redis.Options{Addr: addr})
	defer c.Close()
	sub := c.Subscribe(ctx, "news")
	defer sub.Close()
	if _, err := sub.Receive(ctx); err != nil {
		fmt.Println(err)
		return
	}
	show(c.Publish(ctx, "news", "hi").Result())
	m := <-sub.Channel()
	fmt.Println(m.Channel, m.Payload)
}

func cluster(ctx context.Context, addrs []string) {
	c := redis.NewClusterClient(&redis.ClusterOptions{Addrs: addrs})
	defer c.Close()
	for _, key := range []string{"a", "b"} {
		show(c.Set(ctx, key, "v", 0).Result())
		show(c.Get(ctx, key).Result())
	}
	show(c.Get(ctx, "none").Result())
	_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Get(ctx, "a")
		p.Get(ctx, "b")
		p.LPop(ctx, "a")
		return nil
	})
	show("pipeline", err)
	_, err = c.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Set(ctx, "a", "x", 0)
		return nil
	})
	show("transaction", err)
	var mu sync.Mutex
	var names []string
	err = c.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		s, err := node.Echo(ctx, "me").Result()
		mu.Lock()
		defer mu.Unlock()
		names = append(names, s)
		return err
	})
	show(names, err)
}

// moved has an old view of the cluster: what it asks the first server for is at the second.
func moved(ctx context.Context, addrs []string) {
	c := redis.NewClusterClient(&redis.ClusterOptions{
		ClusterSlots: func(context.Context) ([]redis.ClusterSlot, error) {
			return []redis.ClusterSlot{{Start: 0, End: 16383, Nodes: []redis.ClusterNode{{Addr: addrs[0]}}}}, nil
		},
	})
	defer c.Close()
	show(c.Set(ctx, "a", "v", 0).Result())
}

func ring(ctx context.Context, addrs []string) {
	shards := map[string]string{}
	for _, addr := range addrs {
		shards[fmt.Sprint("shard", len(shards))] = addr
	}
	c := redis.NewRing(&redis.RingOptions{Addrs: shards, HeartbeatFrequency: 20 * time.Millisecond})
	defer c.Close()
	time.Sleep(100 * time.Millisecond)
	show(c.Set(ctx, "a", "v", 0).Result())
	show(c.Get(ctx, "none").Result())
	_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, key := range strings.Fields("a b c d") {
			p.Set(ctx, key, 1, 0)
		}
		return nil
	})
	show("pipeline", err)
	show("shards", c.ForEachShard(ctx, func(ctx context.Context, shard *redis.Client) error {
		return shard.Echo(ctx, "me").Err()
	}))
}

func sentinel(ctx context.Context, addr string) {
	c := redis.NewFailoverClient(&redis.FailoverOptions{MasterName: "main", SentinelAddrs: []string{addr}})
	defer c.Close()
	show(c.Set(ctx, "a", "v", 0).Result())
	s := redis.NewSentinelClient(&redis.Options{Addr: addr})
	defer s.Close()
	found, err := s.GetMasterAddrByName(ctx, "main").Result()
	show(len(found), err)
}

func many(ctx context.Context, addr string) {
	c := redis.NewClient(&redis.Options{Addr: addr})
	defer c.Close()
	var wg sync.WaitGroup
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := 0; j < 25; j++ {
				c.Incr(ctx, "count")
			}
		}()
	}
	wg.Wait()
	show(c.Get(ctx, "count").Int())
}
