package fine

import "io"

type order struct{ id int }

//dd:trace make resource={o.id} tag.big={o.id > 9} return.n={_0} ignore={io.EOF}
func (o order) make(_ int) (int, error) { return 0, io.EOF }

// dd:traceable is no directive.
//
//dd:span span.name:fine tag:"two words"
func span() {}

//dd:ignore
func left() {}
