// Package names has functions whose names are of all forms that Go has.
package names

import "iter"

type Box[T any] struct{ value T }

//dd:trace
func (b *Box[T]) Put(v T) { b.value = v }

//dd:trace
func (b Box[_]) Get() {}

type (
	Élan   struct{}
	under_ struct{}
	A      = Élan
)

//dd:trace
func (*Élan) Größe() {}

//dd:trace
func (A) Alias() {}

//dd:trace
func (under_) _score_() {}

//dd:trace
func 世界() {}

//dd:trace
func Pair[K comparable, V any](k K, v V) {}

//dd:trace
func _x9() {}

//dd:trace
func Seq() iter.Seq[int] { return func(func(int) bool) {} }

// Blocks has a literal and a block.
func Blocks() {
	//dd:trace
	local := func() {}
	local()
	//dd:trace
	{
		local()
	}
	//dd:trace
	for range 3 {
		local()
	}
}

//dd:trace
func aFunctionWhoseNameIsLongerThanTheOneHundredCharactersThatTheAgentLeavesOfAnyNameHowever_goodItMayBeForWhoReadsIt() {
}

// GetHTTP2 and its like have digits and runs of capitals.
//
//dd:trace
func GetHTTP2_() {}

//dd:trace
func __() {}

//dd:trace
func ǅ() {}

type inner struct{ under_ }

//dd:trace
func (i *inner) x٣() {}
