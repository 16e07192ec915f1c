package words

// want +2 `unknown directive //dd:trade; did you mean //dd:trace\?`

//dd:trade
func verb() {}

func space() {
	// want +1 `unknown directive //dd:; write //dd:trace, without a space`
	//dd: trace tag.a=b
	verb()
	// want +1 `this comment does nothing; a directive has no space after //: write //dd:trace`
	//  dd:trace tag.a=b
	verb()
}

// want +2 `this comment does nothing; a directive has no space after //: write //dd:trace`

// dd: trace
func formatted() {}

// want +2 `unknown key "resouce"; did you mean "resource"\?` `unknown key "tga.n"; did you mean "tag.n"\?` `unknown key "mesured"; did you mean "measured"\?`

//dd:trace shop.make resouce={n} tga.n=3 mesured
func keys(n int) {}

// want +2 `unknown key "servce"; did you mean "service"\?` `unknown key "tags"; did you mean "tag.KEY"\?`

//dd:trace shop.make servce tags=1
func unclear() {}

// want +2 `service is given twice; delete one` `root is given twice; delete one`

//dd:trace service=a service="b c" root  root
func twice() {}

func tags() {
	// want +1 `a is given twice; delete one`
	//dd:tag a=b c=d a={1}
	keys(1)
}

// want +2 `root takes no value; write it alone` `kind can't be "sever"; it is one of: server, client, producer, consumer, internal`

//dd:trace root=true kind="sever"
func values() {}

// want +2 `return.n takes an expression; write return.n={n}` `ignore takes an expression; write ignore={errOdd}`

//dd:trace return.n=n ignore="errOdd"
func braces() (n int, err error) { return 0, nil }

var errOdd error

// want +2 `"root" follows a closed value; put a space between`

//dd:trace service="shop"root
func between() {}

// want +2 `the name is empty; delete it to have the function's own`

//dd:trace "" tag.a=b
func unnamed() {}

// want +2 `//dd:ignore takes no words; delete "because it is slow"`

//dd:ignore because it is slow
func left() {}

// want +2 `//orchestrion:ignore takes no words; delete "tag:x"`

//orchestrion:ignore tag:x
func theirs() {}

var late = "" // dd:trace // want `this comment does nothing; a directive has no space after //: write //dd:trace`
