// Command appgorm uses a database by way of gorm. It knows nothing of tracing.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Order is a row.
type Order struct {
	ID   int `gorm:"primaryKey"`
	What string
}

func main() {
	var dialect gorm.Dialector
	switch os.Args[1] {
	case "postgres":
		dialect = postgres.Open(os.Args[2])
	case "sqlite":
		dialect = sqlite.Open(os.Args[2])
	}
	db, err := gorm.Open(dialect, &gorm.Config{Logger: logger.Discard})
	must(err)
	must(db.AutoMigrate(&Order{}))
	must(shop(context.Background(), db))
	must(db.Migrator().DropTable(&Order{}))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func shop(ctx context.Context, db *gorm.DB) error {
	db = db.WithContext(ctx)
	must(db.Create(&Order{ID: 1, What: "ham"}).Error)
	var found []Order
	must(db.Where("what = ?", "ham").Find(&found).Error)
	err := db.First(&Order{}, 9).Error
	fmt.Println(len(found), errors.Is(err, gorm.ErrRecordNotFound))
	return db.Transaction(func(tx *gorm.DB) error {
		return tx.Model(&Order{ID: 1}).Update("what", "salami").Error
	})
}
