package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// order is the demo's customers: one is served, one is not, and two come at
// the same time.
func order(ctx context.Context, out io.Writer, shop string) error {
	// The shop waits for connections that are open when it closes.
	defer http.DefaultClient.CloseIdleConnections()
	for _, kind := range []string{"blt", "tuna"} {
		answer, err := post(ctx, shop+"/sandwich/"+kind)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, answer)
	}
	var together sync.WaitGroup
	var answers [2]string
	var errs [2]error
	for i, kind := range []string{"blt", "pizza"} {
		together.Go(func() { answers[i], errs[i] = post(ctx, shop+"/sandwich/"+kind) })
	}
	together.Wait()
	for i := range answers {
		if errs[i] != nil {
			return errs[i]
		}
		fmt.Fprintln(out, answers[i])
	}
	return nil
}

func post(ctx context.Context, url string) (answer string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.Status + "  " + strings.TrimSpace(string(body)), err
}
