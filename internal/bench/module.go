package main

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/tools/txtar"

	"github.com/ddinstrument/ddinstrument/internal/corpus"
)

const module = "github.com/gin-gonic/gin@v1.12.0"

// framework is a web framework with directives, and a small program.
var framework = project{
	prepare: prepare,
	pkg:     "./cmd/app",
	edits:   []edit{{"one file changed", "context.go"}, {"other file changed", "version.go"}},
	places:  true,
}

// program is the small program that is built on the framework.
const program = `package main

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

func main() {
	r := gin.Default()
	r.GET("/ping", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"message": "pong"}) })
	r.Run()
}
`

// prepare makes a copy of the framework in dir, with the directives that the
// test of real modules gives it, and the program.
func prepare(dir string) (string, error) {
	archive, err := txtar.ParseFile(filepath.Join("testdata", "modules", "gin.txtar"))
	if err != nil {
		return "", err
	}
	list, err := corpus.List(string(archive.Files[0].Data))
	if err != nil {
		return "", err
	}
	if err := corpus.Copy(module, dir); err != nil {
		return "", err
	}
	app := filepath.Join(dir, "cmd", "app")
	if err := os.MkdirAll(app, 0o777); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(app, "main.go"), []byte(program), 0o666); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d directives", len(list)), corpus.Annotate(dir, list)
}

func appendTo(path, text string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(src, text...), 0o666)
}
