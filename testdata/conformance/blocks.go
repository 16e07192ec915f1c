package conf

import "context"

func init() { add(map[string]func(){"A3-blocks": rowA3Blocks}) }

// rowA3Blocks: statements without a name of their own are numbered in their function.
func rowA3Blocks() {
	Foo{}.blocks()
	(&Box[int]{}).blocks(bg)
	(*pair_of[int, bool])(nil)._has_blocks_()
	größer_()
	aVeryLongNameOfAFunctionThatSaysAllThatThereIsToSayAboutWhatItDoesAndThenSomeMoreUntilItsBlocksAreTooLong()
	func() {
		//dd:trace
		{
		}
	}()
	local := func() {
		//dd:trace
		for range 1 {
		}
	}
	local()
}

func (Foo) blocks() {
	//dd:trace
	{
	}
	//dd:trace
	if true {
	}
}

func (b *Box[T]) blocks(ctx context.Context) {
	//dd:trace
	inner2 := func() {}
	//dd:trace
	inner2()
}

func (*pair_of[K, V]) _has_blocks_() {
	//dd:trace
	_ = 1
}

func größer_() {
	//dd:trace
	_ = 1
}

func aVeryLongNameOfAFunctionThatSaysAllThatThereIsToSayAboutWhatItDoesAndThenSomeMoreUntilItsBlocksAreTooLong() {
	//dd:trace
	_ = 1
}
