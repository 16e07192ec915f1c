module github.com/ddinstrument/ddinstrument/test/libs/sql

go 1.26.0

require (
	github.com/ddinstrument/ddinstrument v0.0.0-00010101000000-000000000000
	github.com/jackc/pgx/v5 v5.3.0
)

require (
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20221227161230-091c0ba34f0a // indirect
	github.com/jackc/puddle/v2 v2.2.0 // indirect
	golang.org/x/crypto v0.6.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/text v0.7.0 // indirect
)

replace github.com/ddinstrument/ddinstrument => ../../..
