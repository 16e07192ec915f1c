// want +4 `tag.id: {id}: undefined: id, in Other`

// Package selection has directives above types and above its clause.
//
//dd:trace only=exported min=2 tag.id={id}
package selection

// want +2 `tag.total: {o.total}: undefined: o, in Order.Left`

//dd:trace service=shop tag.total={o.total}
type Order struct{ total int }

func (o Order) Total() int { return o.total }

func (order Order) Left() {}

// want +2 `//dd:trace stands above Empty, which has no methods in this package to trace; delete it`

//dd:trace
type Empty struct{}

// want +2 `only= and min= narrow the choice of a type's, a package's or a rule's directive; delete them here`

//dd:trace only=exported
func own() {}

func Selected(id int) int {
	id++
	return id
}

func Other() int {
	n := 0
	return n
}
