//go:build go1.21

package tracer

// SetTexts sets several tags whose values are texts, as SetTag does but cheaper: the values are not made interfaces of,
// the span is locked once, and room is made for all of them at once. Tags without a value are left out. It is for
// integrations, which know what they set: no key has a meaning of its own.
func (s *Span) SetTexts(tags ...SiteTag) {
	if s == nil || s.finished.Load() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.finished.Load() {
		return
	}
	if s.detail == nil && len(tags) <= len(tagged{}.room) {
		t := new(tagged)
		t.tags = t.room[:0]
		s.detail = &t.detail
	}
	d := s.details()
	if need := len(d.tags) + len(tags); cap(d.tags) < need {
		d.tags = append(make([]tag, 0, need), d.tags...)
	}
	for _, t := range tags {
		if t.Value != "" {
			s.put(tag{key: t.Key, text: clip(t.Value)})
		}
	}
}
