package main

import (
	"context"
	"io"
	"net"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gorilla/mux"
	"github.com/labstack/echo/v4"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
)

func web() []step {
	serving := func(handler http.Handler) func(context.Context) (string, error) {
		return func(ctx context.Context) (string, error) { return get(ctx, handler) }
	}
	return []step{
		{"net/http", serving(plainRoutes())},
		{"chi", serving(chiRoutes())},
		{"gin", serving(ginRoutes())},
		{"echo", serving(echoRoutes())},
		{"mux", serving(gorillaRoutes())},
		{"grpc", call},
	}
}

func plainRoutes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /bread/{id}", func(w http.ResponseWriter, r *http.Request) {
		logEverywhere(r.Context(), "asked for bread")
		io.WriteString(w, "bread "+r.PathValue("id"))
	})
	return m
}

func chiRoutes() http.Handler {
	m := chi.NewRouter()
	m.Get("/bread/{id}", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "bread "+chi.URLParam(r, "id"))
	})
	return m
}

func ginRoutes() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	m := gin.New()
	m.GET("/bread/:id", func(c *gin.Context) { c.String(http.StatusOK, "bread %s", c.Param("id")) })
	return m
}

func echoRoutes() http.Handler {
	m := echo.New()
	m.GET("/bread/:id", func(c echo.Context) error { return c.String(http.StatusOK, "bread "+c.Param("id")) })
	return m
}

func gorillaRoutes() http.Handler {
	m := mux.NewRouter()
	m.HandleFunc("/bread/{id}", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "bread "+mux.Vars(r)["id"])
	})
	return m
}

// get serves, and asks for a bread.
func get(ctx context.Context, handler http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := &http.Server{Handler: handler}
	go s.Serve(l)
	defer s.Shutdown(ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+l.Addr().String()+"/bread/7", nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// call serves gRPC, and asks how the server is.
func call(ctx context.Context) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := grpc.NewServer()
	grpc_health_v1.RegisterHealthServer(s, health.NewServer())
	go s.Serve(l)
	defer s.Stop()
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	resp, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	return resp.GetStatus().String(), err
}
