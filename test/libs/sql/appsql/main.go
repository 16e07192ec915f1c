// Command appsql uses a database as programs do. It knows nothing of tracing.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	_ "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/lib/pq"
	_ "github.com/mattn/go-sqlite3"
)

var first, second = "$1", "$2" // how the database calls what is put in

func main() {
	what, driver, dsn := os.Args[1], os.Args[2], os.Args[3]
	if driver == "mysql" {
		first, second = "?", "?"
	}
	db := open(driver, dsn)
	ctx := context.Background()
	switch what {
	case "shop":
		db.SetMaxOpenConns(1)
		must(shop(ctx, db))
	case "cancel":
		cancelled(ctx, db)
	case "unreachable":
		fmt.Println(db.PingContext(ctx))
	case "crowd":
		crowd(ctx, db)
	case "one":
		must(one(ctx, db))
	}
	must(db.Close())
}

// open opens a database in the ways that there are.
func open(driver, dsn string) *sql.DB {
	switch driver {
	case "pq connector":
		c, err := pq.NewConnector(dsn)
		must(err)
		return sql.OpenDB(c)
	case "pgx config":
		c, err := pgx.ParseConfig(dsn)
		must(err)
		return stdlib.OpenDB(*c)
	case "pgx pool":
		p, err := pgxpool.New(context.Background(), dsn)
		must(err)
		return stdlib.OpenDBFromPool(p)
	}
	db, err := sql.Open(driver, dsn)
	must(err)
	return db
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// shop does one thing after the other.
func shop(ctx context.Context, db *sql.DB) error {
	must(db.PingContext(ctx))
	_, err := db.ExecContext(ctx, "create table orders (id integer, what text)")
	must(err)
	must(order(ctx, db, 1, "ham"))
	must(order(ctx, db, 2, "cheese"))
	must(list(ctx, db))
	must(look(ctx, db))
	must(conn(ctx, db))
	fmt.Println(db.QueryRowContext(ctx, "select what from orders where id = 9").Scan(new(string)))
	_, err = db.QueryContext(ctx, "select nothing from nowhere")
	fmt.Println(err != nil)
	_, err = db.Exec("drop table orders")
	return err
}

func order(ctx context.Context, db *sql.DB, id int, what string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "insert into orders values ("+first+", "+second+")", id, what); err != nil {
		return err
	}
	if id == 2 {
		return tx.Rollback()
	}
	return tx.Commit()
}

func list(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "select id, what from orders")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int
		var what string
		if err := rows.Scan(&id, &what); err != nil {
			return err
		}
		fmt.Println(id, what)
	}
	return rows.Err()
}

func look(ctx context.Context, db *sql.DB) error {
	st, err := db.PrepareContext(ctx, "select what from orders where id = "+first)
	if err != nil {
		return err
	}
	defer st.Close()
	for range 2 {
		var what string
		if err := st.QueryRowContext(ctx, 1).Scan(&what); err != nil {
			return err
		}
	}
	return st.Close()
}

func conn(ctx context.Context, db *sql.DB) error {
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.ExecContext(ctx, "update orders set what = 'salami'")
	return err
}

// cancelled begins what its context ends.
func cancelled(ctx context.Context, db *sql.DB) {
	ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	tx, err := db.BeginTx(ctx, nil)
	must(err)
	_, err = tx.ExecContext(ctx, "select pg_sleep(20)")
	fmt.Println(err != nil)
	<-ctx.Done()
	time.Sleep(200 * time.Millisecond)
	fmt.Println(errors.Is(tx.Rollback(), sql.ErrTxDone))
}

// crowd has many wait for few connections.
func crowd(ctx context.Context, db *sql.DB) {
	db.SetMaxOpenConns(3)
	db.SetMaxIdleConns(1)
	var all sync.WaitGroup
	for range 40 {
		all.Add(1)
		go func() {
			defer all.Done()
			must(one(ctx, db))
		}()
	}
	all.Wait()
}

func one(ctx context.Context, db *sql.DB) error {
	var n int
	return db.QueryRowContext(ctx, "select 1").Scan(&n)
}
