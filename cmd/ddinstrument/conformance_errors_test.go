package main

import "strings"

var conformErrorRows = []conformRow{
	{id: "C1", out: `
true
bim false false
assignment to entry in nil map false false
runtime error: index out of range [0] with length 0 false false
&{1} false true
boo true false
wrapped: EOF false false
panic called with nil argument false false`, spans: `
conf.fails !*errors.errorString: boo @conf.fails

conf.panics !string: bim @conf.panics

conf.panicsDeep !runtime.plainError: assignment to entry in nil map @conf.deep

conf.indexes !runtime.boundsError: runtime error: index out of range [0] with length 0 @conf.indexes

conf.panicsWith !*struct { n int }: &{1} @conf.panicsWith

conf.panicsWith !*errors.errorString: boo @conf.panicsWith

conf.panicsWith !*errors.errorString: wrapped: EOF @conf.panicsWith

conf.panicsWith !*runtime.PanicNilError: panic called with nil argument @conf.panicsWith`},
	{id: "C2", out: "boo boo\nboo boo", spans: `
p2 deferred=ran !*errors.errorString: boo @conf.p2
  c2 !*errors.errorString: boo @conf.c2

p2 deferred=ran !*errors.errorString: boo @conf.c2
  c2 !*errors.errorString: boo @conf.c2

p2 !*errors.errorString: boo @conf.p2Plain
  c2 !*errors.errorString: boo @conf.c2

p2 !*errors.errorString: boo @conf.c2
  c2 !*errors.errorString: boo @conf.c2`, block: []string{"p2 deferred=ran !*errors.errorString: boo @conf.p2", "p2 !*errors.errorString: boo @conf.p2"}},
	{id: "C3", out: `
7
recovered mine: boo
 <nil>
s boo
again: mine
in defer
recovered: mine
true
<nil>
<nil>
second
first`, spans: `
p3
  conf.fails !*errors.errorString: boo @conf.fails

p3
  conf.panics !string: bim @conf.panics

conf.recovers

conf.recoversToError !*errors.errorString: recovered mine: boo @conf.recoversToError

conf.recoversToResult

conf.recoversThenFails !*errors.errorString: boo @conf.recoversThenFails

conf.repanics !string: again: mine @conf.repanics.func1

conf.panicsInDefer !string: in defer @conf.panicsInDefer.func1

conf.recoversByMethod
  conf.guard.done

conf.recoversWhatDeferPanics

conf.caller
  p2 !*errors.errorString: boo @conf.c2
    c2 !*errors.errorString: boo @conf.c2

conf.overwrites

conf.twoAtOnce !string: first @conf.panicsWith
  conf.panicsWith !string: first @conf.panicsWith
  conf.panicsWith !string: second @conf.panicsWith`, block: []string{
		"conf.recovers\n", "conf.recovers !:\n",
		"conf.recoversToError !*errors.errorString: recovered mine: boo @conf.recoversToError", "conf.recoversToError !:",
		"conf.recoversToResult", "conf.recoversToResult !:",
		"conf.panicsInDefer !string: in defer @conf.panicsInDefer.func1", "conf.panicsInDefer",
		"conf.recoversByMethod", "conf.recoversByMethod !:",
		"conf.recoversWhatDeferPanics", "conf.recoversWhatDeferPanics !:",
		"conf.caller", "conf.caller !:",
		"conf.overwrites", "conf.overwrites !*errors.errorString: boo @conf.overwrites",
	}},
	{id: "C4", spans: "conf.marks !:\n\nconf.marksAfter !:"},
	{id: "C8", out: "true true", spans: `
conf.failsLoudly !conf.quiet: conf.quiet @conf.failsLoudly

conf.failsLoudly !conf.quiet: conf.quiet @conf.failsLoudly`},
	{id: "C9", out: `
deferred, spans: true
deferred, spans: true
recover: <nil>
true
true`, spans: `
conf.exits

conf.exitsBelow
  conf.exits

conf.exitsFromDefer

conf.aborts

conf.abortsBelow
  conf.aborts`},
	{id: "C10", spans: `conf.returns !*errors.errorString: DataDog/水 @conf.returns`},
	{id: "C12", spans: `
conf.returns !*errors.errorString: wrap: boo @conf.returns

conf.returns !conf.coded: a: b: code 7 @conf.returns

conf.returns !*errors.errorString: hidden: code 7 @conf.returns

conf.returns !conf.coded: two: code 1, boo @conf.returns

conf.returns !conf.coded: code 2|boo @conf.returns

conf.returns !conf.coded: joined: deep: w: code 3 @conf.returns

conf.returns !*errors.errorString: outer: inner: unexpected EOF @conf.returns

conf.returns !conf.coded: code 0 @conf.returns

conf.returns !syscall.Errno: open /no/such/file: no such file or directory @conf.returns

conf.returns !*errors.errorString: file: file does not exist @conf.returns

conf.returns !*conf.loop: loop @conf.returns

conf.returns !conf.badUnwrap: bad @conf.returns

conf.returns !*errors.errorString: long long long  @conf.returns`},
	{id: "C13", out: `
final
<nil>
if: inner
unnamed
naked
from defer
middle
last
<nil>
wrapped: file already exists
set by a closure
the result
close
<nil>
2 second of two
first of two 2
blank blank result
true pointer
false
errno 0 no such file or directory
<nil> boo
true generic
0 one
2 two
3 <nil>`, spans: `
conf.assignedLater !*errors.errorString: final @conf.assignedLater

conf.shadowed

conf.shadowedInIf !*errors.errorString: if: inner @conf.shadowedInIf

conf.unnamed !*errors.errorString: unnamed @conf.unnamed

conf.naked !*errors.errorString: naked @conf.naked

conf.byDefer !*errors.errorString: from defer @conf.byDefer

conf.byDeferChain !*errors.errorString: middle|last @conf.byDeferChain

conf.clearedByDefer

conf.wrappedByDefer !*errors.errorString: wrapped: file already exists @conf.wrappedByDefer

conf.closure !*errors.errorString: set by a closure @conf.closure

conf.namedOtherwise !*errors.errorString: the result @conf.namedOtherwise

conf.closes !*errors.errorString: close @conf.closes

conf.retried

conf.second2 !*errors.errorString: second of two @conf.second2

conf.first2 !*errors.errorString: first of two @conf.first2

conf.blank !*errors.errorString: blank result @conf.blank

conf.pointer

conf.pointer !*conf.own1: pointer @conf.pointer

conf.typedNil !*conf.own1: *conf.own1 @conf.typedNil

conf.errno

conf.errno !syscall.Errno: no such file or directory @conf.errno

conf.wide

conf.wide !conf.wideError: boo @conf.wide

conf.generic1

conf.generic1 !*conf.own1: generic @conf.generic1[...]

conf.conditional !*errors.errorString: one @conf.conditional

conf.conditional !*errors.errorString: two @conf.conditional

conf.conditional`, block: []string{
		"conf.byDefer !*errors.errorString: from defer @conf.byDefer", "conf.byDefer",
		"middle|last", "first",
		"conf.clearedByDefer", "conf.clearedByDefer !*errors.errorString: cleared @conf.clearedByDefer",
		"wrapped: file already exists", "file already exists",
		"conf.closes !*errors.errorString: close @conf.closes", "conf.closes",
	}},
	{id: "C14", out: "true\nhere", spans: `
conf.above !*struct { n int }: &{1} @conf.panicsWith
  conf.below !*struct { n int }: &{1} @conf.panicsWith
    conf.panicsWith !*struct { n int }: &{1} @conf.panicsWith

conf.above !string: here @conf.panicsHere
  conf.below !string: here @conf.panicsHere
    conf.panicsHere !string: here @conf.panicsHere`},
	{id: "C14/net http goes on", run: "panic-server", out: `
/panic closed
/abort closed
/ HTTP/1.1 200
<nil>`, spans: `
conf.serve resource=/panic !string: here @conf.panicsHere
  conf.f
  conf.panicsHere !string: here @conf.panicsHere

conf.serve resource=/abort
  conf.f

conf.serve resource=/
  conf.f`},
	{id: "C14/recovered in a goroutine", run: "panic-lives", sent: 2, out: "here\nboo", spans: `
conf.living late=tag _dd.was_long_running:1 !*errors.errorString: boo @conf.living
  conf.panicsHere !string: here @conf.panicsHere
  conf.f`},
	{id: "C14/often", run: "panic-often", out: "quick: true",
		spans: strings.Repeat("conf.panicsHere !string: here @conf.panicsHere\n\n", 1000)},
}
