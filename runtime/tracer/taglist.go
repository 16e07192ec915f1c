//go:build go1.21

package tracer

import (
	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
	"github.com/ddinstrument/ddinstrument/runtime/internal/stats"
)

// tagList is an unchangeable list of tags, encoded once. Each key stands in it once.
type tagList struct {
	list           []tag
	meta, metrics  []byte // the pairs, without the map's header
	texts, numbers int
	alike          bool // a key may be that of a tag of the runtime's

	version string   // the tag of this name
	counted *counted // what else statistics look at; nil: nothing
}

var noTags tagList

func newTagList(list []tag) *tagList {
	l := &tagList{list: list, alike: alike(list)}
	l.version, l.counted = countedIn(list)
	for _, t := range list {
		if t.isNum {
			l.metrics = appendNumber(l.metrics, t.key, t.number)
			l.numbers++
		} else {
			l.meta = appendPair(l.meta, t.key, t.text)
			l.texts++
		}
	}
	return l
}

// overlap tells whether a key is in both lists.
func overlap(a, b []tag) bool {
	for i := range a {
		if has(b, a[i].key) {
			return true
		}
	}
	return false
}

func has(list []tag, key string) bool {
	for i := range list {
		if list[i].key == key {
			return true
		}
	}
	return false
}

// override joins common and site, without the tags that a later list replaces. What is in own is not in the result.
func override(common, site, own []tag) []tag {
	var list []tag
	for _, t := range common {
		if !has(site, t.key) && !has(own, t.key) {
			list = append(list, t)
		}
	}
	for _, t := range site {
		if !has(own, t.key) {
			list = append(list, t)
		}
	}
	return list
}

// withTag returns a new list in which t replaces a tag of the same key.
func withTag(list []tag, t tag) []tag {
	joined := make([]tag, 0, len(list)+1)
	for _, old := range list {
		if old.key != t.key {
			joined = append(joined, old)
		}
	}
	return append(joined, t)
}

// siteData is what of a Site can be encoded beforehand.
type siteData struct {
	name, resource []byte
	alike          bool // they are the same
	tags           tagList
	tails          tails
	first, inner   stats.Known // of spans without a parent, and of others
}

// encoded encodes the site when a span of it is sent for the first time.
func (s *Site) encoded() *siteData {
	if d := s.cache.Load(); d != nil {
		return d
	}
	resource := s.Resource
	if resource == "" {
		resource = s.Name
	}
	var list []tag
	for _, t := range s.Tags {
		list = withTag(list, tag{key: t.Key, text: clip(t.Value)})
	}
	d := &siteData{
		name:     msgpack.AppendString(nil, clip(s.Name)),
		resource: msgpack.AppendString(nil, clip(resource)),
		alike:    resource == s.Name,
		tags:     *newTagList(list),
	}
	s.cache.Store(d)
	return d
}
