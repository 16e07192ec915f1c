package main

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

func databases() []step {
	return []step{
		{"database/sql", query},
		{"gorm", find},
		{"pgx", connect},
		{"go-redis", lookUp},
		{"mongo-driver", ping},
	}
}

const source = "postgres://baker:secret@db.bakery.test:5432/bakery"

func query(ctx context.Context) (name string, err error) {
	db, err := sql.Open("bakery", source)
	if err != nil {
		return "", err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, "SELECT name FROM breads WHERE id = $1", 7).Scan(&name)
	return name, err
}

// bread is a row of the table breads.
type bread struct{ Name string }

func find(ctx context.Context) (string, error) {
	db, err := sql.Open("bakery", source)
	if err != nil {
		return "", err
	}
	defer db.Close()
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: db}), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return "", err
	}
	var b bread
	err = g.WithContext(ctx).Take(&b).Error
	return b.Name, err
}

func connect(ctx context.Context) (string, error) {
	conn, err := pgx.Connect(ctx, "postgres://baker:secret@"+nobody+"/bakery")
	if err != nil {
		return nobodyThere(err)
	}
	return "connected", conn.Close(ctx)
}

func lookUp(ctx context.Context) (string, error) {
	client := redis.NewClient(&redis.Options{Addr: nobody, MaxRetries: -1})
	defer client.Close()
	name, err := client.Get(ctx, "bread:7").Result()
	if err != nil {
		return nobodyThere(err)
	}
	return name, nil
}

func ping(ctx context.Context) (string, error) {
	client, err := mongo.Connect(options.Client().ApplyURI("mongodb://" + nobody).SetServerSelectionTimeout(100 * time.Millisecond))
	if err != nil {
		return "", err
	}
	defer client.Disconnect(ctx)
	if err := client.Ping(ctx, nil); err != nil {
		return nobodyThere(err)
	}
	return "answers", nil
}
