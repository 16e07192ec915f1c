package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// libs is what the names of libraries begin with whose own tests run with the
// library itself traced, by --libs. Alone it is all of these; of the standard
// library a package, of others a module and its version.
const libs = "libs/"

var libraries = []string{
	"net/http", "database/sql", "log", "log/slog", "os/exec",
	"github.com/go-chi/chi/v5@v5.2.3",
	"github.com/gin-gonic/gin@v1.11.0",
	"github.com/labstack/echo/v4@v4.13.4",
	"github.com/gorilla/mux@v1.8.1",
	"go.uber.org/zap@v1.27.0",
	"github.com/rs/zerolog@v1.34.0",
	"github.com/sirupsen/logrus@v1.9.3",
	"github.com/panjf2000/ants/v2@v2.11.3",
}

// libSuite is a library in a module that does nothing but require it.
func (s *suite) libSuite(library string) error {
	if err := os.Mkdir(s.dir, 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.dir, "go.mod"), []byte("module example.com/user\n\ngo 1.26\n"), 0o666); err != nil {
		return err
	}
	s.rules = []string{"--libs"}
	path, _, versioned := strings.Cut(library, "@")
	s.packages = []string{path}
	if !versioned {
		return nil
	}
	s.packages = []string{path + "/..."}
	for _, args := range [][]string{{"get", library}, {"get", "-t", path + "/..."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = s.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}
