//go:build go1.23

package tracer

import (
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
)

// TestConformance holds the rows of the conformance table that concern the runtime, named by id and form:
// TestConformance/C1/API is what people write (Trace, Finish), C1/function and C1/block are what is generated for these.
// The directives themselves are tested through the command.
func TestConformance(t *testing.T) {
	for _, row := range []struct {
		id   string
		test func(*testing.T)
	}{
		{"A1", conformA1}, {"A2", conformA2}, {"A5", conformA5}, {"A6", conformA6}, {"A7", conformA7}, {"A14", conformA14}, {"A16", conformA16},
		{"B1", conformB1}, {"B2", conformB2}, {"B3", conformB3}, {"B4", conformB4}, {"B5", conformB5}, {"B6", conformB6}, {"B7", conformB7},
		{"B8", conformB8}, {"B9", conformB9}, {"B10", conformB10}, {"B11", conformB11}, {"B12", conformB12}, {"B13", conformB13},
		{"B14", conformB14}, {"B15", conformB15}, {"B16", conformB16},
		{"C4", conformC4}, {"C5", conformC5}, {"C11", conformC11}, {"C13", conformC13}, {"C14", conformC14API},
		{"D1", conformD1}, {"D2", conformD2}, {"D3", conformD3}, {"D4", conformD4}, {"D5", conformD5}, {"D6", conformD6}, {"D7", conformD7},
		{"D8", conformD8},
		{"E1", conformE1}, {"E2", conformE2}, {"E3", conformE3}, {"E4", conformE4}, {"E5", conformE5}, {"E6", conformE6}, {"E7", conformE7},
		{"E8", conformE8},
	} {
		t.Run(row.id+"/API", row.test)
	}
	for _, row := range []struct {
		id   string
		test func(*testing.T)
	}{
		{"A9", conformA9}, {"A10", conformA10}, {"A11", conformA11}, {"A12", conformA12}, {"A13", conformA13}, {"A15", conformA15},
	} {
		t.Run(row.id+"/function", row.test)
	}
	for _, form := range []string{"API", "function", "block"} {
		testForm(t, form)
	}
}

// testForm tests the rows whose tests take any form.
func testForm(t *testing.T, form string) {
	traced = forms[form]
	defer func() { traced = tracedFunction }()
	t.Setenv("DDTEST_FORM", form)
	for _, row := range []struct {
		id   string
		test func(*testing.T)
	}{
		{"C1", conformC1}, {"C2", conformC2}, {"C3", conformC3}, {"C6", conformC6}, {"C7", conformC7}, {"C8", conformC8}, {"C9", conformC9},
		{"C10", conformC10}, {"C12", conformC12},
	} {
		t.Run(row.id+"/"+form, row.test)
	}
	if form != "API" {
		t.Run("C14/"+form, conformC14)
	}
	t.Run("ends/"+form, testEnds)
}

// TestConformanceFallback repeats the rows about the active span with label sets that are not laid out as expected.
func TestConformanceFallback(t *testing.T) {
	slot.ForceFallback(true)
	defer slot.ForceFallback(false)
	t.Run("A12", conformA12)
	t.Run("A13", conformA13)
	t.Run("B4", conformB4)
	t.Run("B8", conformB8)
	t.Run("B9", conformB9)
	t.Run("B10", conformB10)
	t.Run("B11", conformB11)
}
