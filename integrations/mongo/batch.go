//go:build ignore

package driver

import ddmongo "github.com/ddinstrument/ddinstrument/runtime/libs/mongoinfo"

// ddDocuments adds what is sent beside the command, in a section of the message.
func ddDocuments(s *ddmongo.Statement, op *Operation, info *startedInformation) {
	if !info.documentSequenceIncluded {
		return
	}
	s.Array(op.Batches.Identifier, func(yield func([]byte) bool) {
		for _, doc := range op.Batches.Current {
			if !yield(doc) {
				return
			}
		}
	})
}
