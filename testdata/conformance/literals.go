package conf

func init() { add(map[string]func(){"A4": rowA4}) }

// A route is something whose field is a function.
type route struct {
	Handler func()
	_on_end func()
}

var routes = map[string]func(){
	"/": func() {},
	//dd:trace
	"/cart": func() {},
}

//dd:trace
var atLevel = func() {}

// rowA4: a literal is called what the program calls it.
func rowA4() {
	//dd:trace
	local := func() {}
	local()
	//dd:trace
	_größe_2 := func() {}
	_größe_2()
	r := route{
		//dd:trace
		Handler: func() {},
	}
	r.Handler()
	//dd:trace
	r._on_end = func() {}
	r._on_end()
	func() {
		//dd:trace
		inner := func() {}
		inner()
	}()
	(&Box[int]{}).each(f)
	returned()()
	routes["/cart"]()
	atLevel()
	//dd:trace named
	named := func() {}
	named()
}

// each has literals without a name: they are numbered.
func (b *Box[T]) each(func()) {
	call := func(f, g func()) { f(); g() }
	call(
		func() {},
		//dd:trace
		func() {},
	)
}

func returned() func() {
	//dd:trace
	return func() {}
}
