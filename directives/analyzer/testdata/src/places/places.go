package places

// want +2 `//dd:trace stands above a blank line; put it on the line above`

//dd:trace

func blank() {}

// want +2 `//dd:trace stands above a blank line; put it on the line above`

//dd:trace

const nothing = 1

// want +3 `//dd:trace is the second directive on same \(the first: line 17\); delete one`

//dd:trace tag.a=b
//dd:trace tag.a=b
func same() {}

// want +3 `//dd:trace is the second directive on other \(the first: line 23\); delete one`

//dd:trace tag.a=b
//dd:trace tag.a=c
func other() {}

func statements(n int) (m int) {
	// want +1 `return.n stands above a statement, which returns nothing; write tag.n, or put the directive above the function`
	//dd:trace tag.a=b return.n={ n }
	for n > 0 {
		n--
	}
	// want +1 `//dd:ignore stands above what nothing selects; delete it`
	//dd:ignore
	same()
	// want +1 `//dd:trace stands above return without values, which does nothing that takes time; delete the directive`
	//dd:trace
	return
}
