//go:build go1.21

package agentinfo

import (
	"reflect"
	"testing"
)

func TestParse(t *testing.T) {
	got := Parse([]byte(`{"version":"7.85.1","endpoints":["/v0.4/traces","/v0.6/stats",5],"client_drop_p0s":true,
		"peer_tags":["db.system"],"span_kinds_stats_computed":["server"],"ignore_resources":["^GET /health$"],
		"filter_tags":{"require":["a"],"reject":["b:c"]},"filter_tags_regex":{"require":["d:e+"],"reject":["f:g+"]},"config":{"x":[1]}}`))
	want := &Info{
		Version:   "7.85.1",
		Endpoints: []string{"/v0.4/traces", "/v0.6/stats"}, DropsP0: true, PeerTags: []string{"db.system"}, SpanKinds: []string{"server"},
		IgnoreResources: []string{"^GET /health$"}, RequireTags: []string{"a"}, RejectTags: []string{"b:c"},
		RequirePatterns: []string{"d:e+"}, RejectPatterns: []string{"f:g+"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if !got.Offers("/v0.6/stats") || got.Offers("/v1.0/traces") {
		t.Error("Offers is wrong")
	}
	for _, strange := range []string{"", "null", "[]", `"x"`, "<html>", `{"endpoints":"/v1.0/traces","client_drop_p0s":"yes","filter_tags":[1]}`} {
		if i := Parse([]byte(strange)); !reflect.DeepEqual(i, new(Info)) {
			t.Errorf("%q: %+v", strange, i)
		}
	}
}

func TestMiscountsV1(t *testing.T) {
	for version, want := range map[string]bool{
		"": false, "7": false, "7.72.4": false, "7.73.0": true, "7.78.2": true, "7.79.0": false, "7.85.1": false, "0.1.0": false, "6.0.0-dev": false, "7.x.1": false,
	} {
		if got := (&Info{Version: version}).MiscountsV1(); got != want {
			t.Errorf("%q: %v", version, got)
		}
	}
}
