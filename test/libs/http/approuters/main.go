// Command approuters serves by the router that its argument names, and asks for
// paths of all kinds. It knows nothing of tracing.
package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gorilla/mux"
	"github.com/labstack/echo/v4"
)

func main() {
	h, paths := map[string]func() (http.Handler, []string){
		"chi": byChi, "gin": byGin, "echo": byEcho, "gorilla": byGorilla, "mounted": mounted,
	}[os.Args[1]]()
	s := httptest.NewServer(h)
	defer s.Close()
	for _, p := range paths {
		method, path, _ := strings.Cut(p, " ")
		req, err := http.NewRequest(method, s.URL+path, nil)
		must(err)
		resp, err := s.Client().Do(req)
		must(err)
		b, err := io.ReadAll(resp.Body)
		fmt.Println(p, resp.StatusCode, strings.TrimSpace(string(b)), err)
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, text) }
}

func byChi() (http.Handler, []string) {
	r := chi.NewRouter()
	r.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r) })
	})
	r.Get("/users/{id}", say("user"))
	r.Route("/shops/{shop}", func(r chi.Router) {
		r.Get("/", say("shop"))
		r.Route("/items", func(r chi.Router) { r.Get("/{item:[0-9]+}", say("item")) })
	})
	admin := chi.NewRouter()
	admin.Get("/stats", say("stats"))
	r.Mount("/admin", admin)
	r.Handle("/files/*", say("file"))
	r.Get("/asks", func(w http.ResponseWriter, req *http.Request) {
		fmt.Fprint(w, r.Match(chi.NewRouteContext(), "GET", "/users/1"), " ", chi.RouteContext(req.Context()).RoutePattern())
	})
	return r, []string{
		"GET /users/1", "GET /shops/a/", "GET /shops/a/items/5", "GET /admin/stats", "GET /files/a/b", "GET /asks",
		"GET /none", "POST /users/1", "GET /admin/none", "GET /shops/a/items/x",
	}
}

func byGin() (http.Handler, []string) {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.Use(func(c *gin.Context) { c.Next() })
	e.GET("/users/:id", func(c *gin.Context) { c.String(200, c.Param("id")) })
	v1 := e.Group("/v1", func(c *gin.Context) { c.Next() })
	v1.GET("/items/*rest", func(c *gin.Context) { c.String(200, c.Param("rest")) })
	v1.GET("/fails", func(c *gin.Context) {
		c.Error(errors.New("first"))
		c.AbortWithError(500, errors.New("second"))
	})
	e.GET("/again", func(c *gin.Context) {
		c.Request.URL.Path = "/users/again"
		e.HandleContext(c)
	})
	e.GET("/panics", func(c *gin.Context) {
		defer func() { c.String(503, fmt.Sprint(recover())) }()
		panic("boom")
	})
	return e, []string{"GET /users/1", "GET /v1/items/a/b", "GET /v1/fails", "GET /again", "GET /panics", "GET /none", "GET /users/1/"}
}

func byEcho() (http.Handler, []string) {
	e := echo.New()
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error { return next(c) }
	})
	e.GET("/users/:id", func(c echo.Context) error { return c.String(200, c.Param("id")) })
	e.GET("/static", func(c echo.Context) error { return c.NoContent(204) })
	g := e.Group("/v1")
	g.GET("/items/*", func(c echo.Context) error { return c.String(200, c.Param("*")) })
	g.GET("/fails", func(c echo.Context) error { return fmt.Errorf("no bread: %w", os.ErrNotExist) })
	g.GET("/refuses", func(c echo.Context) error { return echo.NewHTTPError(http.StatusForbidden, "no") })
	return e, []string{
		"GET /users/1", "GET /static", "GET /v1/items/a/b", "GET /v1/fails", "GET /v1/refuses", "GET /none", "POST /users/1", "POST /static", "GET /users/1/2",
	}
}

func byGorilla() (http.Handler, []string) {
	r := mux.NewRouter()
	r.HandleFunc("/users/{id:[0-9]+}", say("user")).Methods("GET")
	sub := r.PathPrefix("/v1").Subrouter()
	sub.HandleFunc("/items/{item}", say("item"))
	sub.PathPrefix("/files/").Handler(say("files"))
	r.Host("other.example").Handler(say("other"))
	r.MatcherFunc(func(r *http.Request, m *mux.RouteMatch) bool { return r.URL.Path == "/matched" }).Handler(say("matched"))
	return r, []string{"GET /users/1", "GET /v1/items/a", "GET /v1/files/a/b", "GET /matched", "GET /none", "POST /users/1", "GET /v1/none"}
}

// mounted has routers behind a ServeMux that strips prefixes.
func mounted() (http.Handler, []string) {
	c, _ := byChi()
	g, _ := byGin()
	e, _ := byEcho()
	m, _ := byGorilla()
	all := http.NewServeMux()
	all.Handle("/chi/", http.StripPrefix("/chi", c))
	all.Handle("/gin/", http.StripPrefix("/gin", g))
	all.Handle("/echo/", http.StripPrefix("/echo", e))
	all.Handle("/gorilla/", http.StripPrefix("/gorilla", m))
	return all, []string{
		"GET /chi/users/1", "GET /chi/shops/a/items/5", "GET /chi/none", "GET /gin/users/1", "GET /gin/none", "GET /echo/users/1", "GET /gorilla/users/1",
	}
}
