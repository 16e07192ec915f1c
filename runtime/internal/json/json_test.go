//go:build go1.21

package json

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]any{
		`null`: nil, ` true `: true, `false`: false, `-0.5e+1`: -5.0, `"a\u00e9\ud83d\ude00\n"`: "aé😀\n", `"\ud83dx"`: "\uFFFDx",
		`[]`: []any{}, `{}`: map[string]any{}, `{"a":[1,{"b":null}],"a":"last"}`: map[string]any{"a": "last"},
	} {
		got, err := Parse(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %#v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		``: "it ends too early", `[1,`: "it ends too early", `{"a"`: "it ends too early", `[1,]`: `']' at byte 3 is not expected`,
		`"a`: "it ends too early", `{'a':1}`: `'\'' at byte 1 is not expected`, `1 2`: `'2' at byte 2 is not expected`,
		`1e999`: "1e999 is no number that fits", strings.Repeat("[", 1000): "it is nested too deep", "\"a\x01\"": `'\x01' at byte 2 is not expected`,
	} {
		if _, err := Parse(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestParseExact(t *testing.T) {
	got, err := ParseExact(`[1763890000123456789, -0.50e3, 1e999, "1"]`)
	if want := []any{Number("1763890000123456789"), Number("-0.50e3"), Number("1e999"), "1"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%#v, %v", got, err)
	}
}

// FuzzParse compares with the standard library.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"rate_by_service":{"service:,env:":1}}`, `[{"service":"a*","sample_rate":.5}]`, `"\u12\"`, `[1.5e-3,-0,"\/"]`, "\"\xff\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse(text)
		var want any
		wantErr := json.Unmarshal([]byte(text), &want)
		if err != nil && strings.Contains(err.Error(), "nested") {
			return
		}
		if (err != nil) != (wantErr != nil) || err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %#v, %v; the standard library: %#v, %v", text, got, err, want, wantErr)
		}
	})
}
