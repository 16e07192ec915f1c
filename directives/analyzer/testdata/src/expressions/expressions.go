package expressions

import "errors"

type order struct{ id int }

// want +2 `tag.id: {o.idd}: o.idd undefined` `tag.m: {_0}: _0 is a result, which is not known before the function ends; write return.m={...}`

//dd:trace tag.id={o.idd} tag.m={_0} return.n={_0 + 1}
func unnamed(o order) (int, error) { return o.id, nil }

// want +2 `tag.err: {err.Error\(\)}: err is a result` `return.k: {k}: undefined: k`

//dd:trace tag.err={err.Error()} return.k={k}
func named() (n int, err error) { return 0, errors.New("no") }

func outer(id int) func() {
	// want +1 `tag.local: {local}: undefined: local`
	//dd:trace tag.id={id} tag.local={local}
	call := func() {}
	local := 1
	_ = local
	for i := range id {
		// want +1 `j: {j}: undefined: j`
		//dd:tag i={i} j={j}
		call()
	}
	switch {
	default:
		//dd:tag local={local}
	}
	return call
}
