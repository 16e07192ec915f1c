//go:build ignore

package driver

import ddmongo "github.com/ddinstrument/ddinstrument/runtime/libs/mongoinfo"

// ddDocuments adds what is sent beside the command, in sections of the message.
func ddDocuments(s *ddmongo.Statement, _ *Operation, info *startedInformation) {
	for _, seq := range info.documentSequences {
		s.Batch(seq.identifier, seq.data)
	}
}
