// Command appmongo uses MongoDB at the address of its argument. It knows nothing
// of tracing.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

func main() {
	ctx := context.Background()
	seen := map[string]int{}
	opts := options.Client().ApplyURI("mongodb://" + os.Args[1] + "/?directConnection=true")
	if len(os.Args) > 2 { // with a monitor of its own
		opts.SetMonitor(&event.CommandMonitor{
			Started:   func(_ context.Context, e *event.CommandStartedEvent) { seen["started "+e.CommandName]++ },
			Succeeded: func(_ context.Context, e *event.CommandSucceededEvent) { seen["succeeded "+e.CommandName]++ },
			Failed:    func(_ context.Context, e *event.CommandFailedEvent) { seen["failed "+e.CommandName]++ },
		})
	}
	client, err := mongo.Connect(opts)
	if err != nil {
		fmt.Println(err)
		return
	}
	show("ping", client.Ping(ctx, nil))
	use(ctx, client.Database("shop"))
	show("disconnect", client.Disconnect(ctx))
	fmt.Println(seen)
}

func show(what any, err error) {
	if err != nil {
		what = fmt.Sprint(what, " failed: ", mongo.IsDuplicateKeyError(err), mongo.IsTimeout(err))
	}
	fmt.Println(what)
}

func use(ctx context.Context, db *mongo.Database) {
	users := db.Collection("users")
	_, err := users.InsertOne(ctx, bson.D{{Key: "_id", Value: 1}, {Key: "email", Value: "ann@example.com"}})
	show("insert", err)
	_, err = users.InsertMany(ctx, []any{bson.D{{Key: "_id", Value: 2}}, bson.D{{Key: "_id", Value: 3}}})
	show("insert many", err)
	cursor, err := users.Find(ctx, bson.D{{Key: "age", Value: bson.D{{Key: "$gt", Value: 30}}}}, options.Find().SetSort(bson.D{{Key: "age", Value: -1}}).SetBatchSize(2))
	show("find", err)
	var all []bson.M
	show("all", cursor.All(ctx, &all))
	fmt.Println(len(all))
	_, err = users.UpdateOne(ctx, bson.D{{Key: "_id", Value: 1}}, bson.D{{Key: "$set", Value: bson.D{{Key: "email", Value: "bob@example.com"}}}})
	show("update", err)
	_, err = users.DeleteMany(ctx, bson.D{{Key: "age", Value: 3}})
	show("delete", err)
	_, err = users.InsertOne(ctx, bson.D{{Key: "_id", Value: "twice"}})
	show("twice", err)
	show("fails", db.RunCommand(ctx, bson.D{{Key: "fails", Value: 1}}).Err())
	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	show("sleep", db.RunCommand(short, bson.D{{Key: "sleep", Value: 1}}).Err())
	show("user", db.RunCommand(ctx, bson.D{{Key: "createUser", Value: "me"}, {Key: "pwd", Value: "swordfish"}}).Err())
}
