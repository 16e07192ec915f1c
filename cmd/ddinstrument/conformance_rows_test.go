package main

// The rows about spans, the active span and tags. Those about errors and ends are in conformance_errors_test.go, those
// that need more than a run of the program in conformance_more_test.go.
var conformRows = []conformRow{
	{id: "A1", out: "ab", spans: `decorated_function service=s resource=r type=t a=b`},
	{id: "A2", spans: `conf.f`},
	{id: "A5", spans: `
conf.f

conf.f`},
	{id: "A6", spans: `
outer
  mid
    inner
  mid
    inner

outer
  mid
    inner`},
	{id: "A7", out: "true true true false false", spans: `
outer
  mid
    inner

outer
  inner`},

	{id: "B1", spans: `
cake.make service=baker resource=cake
  cake.mix
  cake.bake

cake.make service=baker resource=cake
  cake.mix
  cake.bake`},
	{id: "B2", spans: `
conf.parent
  conf.own service=m
    conf.under
      conf.underneath
    api service=n
      conf.under
        conf.underneath
  conf.under
    conf.underneath

conf.own service=m
  conf.under
    conf.underneath
  api service=n
    conf.under
      conf.underneath

conf.under
  conf.underneath`},
	{id: "B2/no DD_SERVICE", run: "A2", env: []string{"DD_SERVICE="}, spans: `conf.f service=program`},
	{id: "B3", env: []string{"DD_SERVICE_MAPPING=foo:bar,sna:fu"}, spans: serviceMapping("bar", "fu")},
	{id: "B3/last wins", env: []string{"DD_SERVICE_MAPPING=foo:bar,foo:foobar"}, spans: serviceMapping("foobar", "sna")},
	{id: "B3/a bad pair", env: []string{"DD_SERVICE_MAPPING=foo;bar,sna:fu"}, spans: serviceMapping("foo", "fu"),
		err: `ddinstrument: DD_SERVICE_MAPPING="foo;bar,sna:fu": "foo;bar" is not FROM:TO; using the rest`},
	{id: "B4", out: activeSteps + activeSteps, spans: `
conf.s1
  conf.s2
    conf.s3
  conf.s4

conf.s1
  conf.s2
    conf.s3
  conf.s4`},
	{id: "B5", spans: `conf.f`, out: `
none: current none, root none
none: current none, root none
in a goroutine: current none, root none
panic: through
after: current none, root none`},
	{id: "B11", sent: -1, out: `
in the pool: current none, root none
in the pool: current none, root none
in a timer: current none, root none
after the request: current none, root none
in the pool: current none, root none
in the pool: current none, root none
left behind: current none, root none
left behind: current none, root none`, spans: `
conf.handle
  conf.member resource=a group !*errors.errorString: a group @conf.member
    conf.task resource=of a group
  conf.member resource=a group !*errors.errorString: a group @conf.member
    conf.task resource=of a group
  conf.member resource=a group !*errors.errorString: a group @conf.member
    conf.task resource=of a group
  conf.job
    conf.task resource=below a job
  conf.task resource=late
  conf.task resource=later still

conf.task resource=job without ctx

conf.task resource=of a timer

conf.second
  conf.job
    conf.task resource=below a job

conf.task resource=job without ctx`},
	{id: "B12", out: "a returned", spans: `conf.f`,
		err: `ddinstrument: span late.span is started after tracer.Stop: it is not sent, and neither are any after it`},

	{id: "D1", spans: "conf.kinds a=a big=9223372036854775808 c=1 err=boo label=x level=level 2 list=[1 2] point=&{-3 2} " +
		"q=\"x\" t=true time=1s word=two`words` b:1 f:1.5 f32:0.5 id:-3 n:-3 r:-6 rune:97\n\n" +
		"conf.tagsByCall a=a c=1 t=true b:1 f:1.5", block: []string{" r:-6", ""}},
	{id: "D2", spans: `conf.overwritten four=from the end three=text again two=text one:1 three.b:3`, block: []string{"four=from the end ", "", " one:1", " four:4 one:1"}},
	{id: "D3", spans: `conf.invalid kept=yes`},
	{id: "D4", spans: `
conf.global
  conf.globalAfter g=one n:1
  conf.globalOwn n=own g:5
  conf.globalAfter g=two n:1`},
	{id: "D8", spans: `
once k=v

once k=v

once k=v`},
}

func serviceMapping(foo, sna string) string {
	return `
conf.foo service=` + foo + `
  conf.under
    conf.underneath

conf.sna service=` + sna + `

conf.later service=` + foo + `
  conf.under
    conf.underneath

conf.unmapped service=other`
}

const activeSteps = `before: current none, root none
in s1: current s1, root s1
in s2: current s2, root s1
in s3: current s3, root s1
again in s2: current s2, root s1
again in s1: current s1, root s1
in s4: current s4, root s1
again in s1: current s1, root s1
after: current none, root none
`
