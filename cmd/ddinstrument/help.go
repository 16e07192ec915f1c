package main

import "github.com/spf13/cobra"

// languageHelp is the whole language. What is indented by a tab is an example,
// and a test looks whether it works.
const languageHelp = `A directive is a comment that makes a span of the code below it:

	//dd:trace [NAME] [KEY=VALUE ...]

It stands alone on its line, right above that code. Other comment lines may come
between, blank lines may not. When the line below starts

  a function or method      every call of it is a span
  a block or a statement    the run of it is, whatever way control leaves it
  a function literal        every call of it is; the line may also start a
                            statement, argument or element that is a literal
                            or has one alone on its right side
  a type                    the calls of its methods in this package are
  a package clause          those of the package's functions are, tests aside

If a function returns an iter.Seq or iter.Seq2, each iteration is a span.

A VALUE is a word, a Go string, "..." or ` + "`...`" + `, or a Go expression in braces,
{order.ID}, which is evaluated in the scope of the traced code.

  NAME, name=   the operation name; else pkg.Func, pkg.Type.Method, pkg.Func.block1
  service=      the service; else the parent's, else DD_SERVICE
  resource=     what varies within one name; else the name. A string or {expr}
  type=         span type: web, sql, worker, ...
  kind=         server, client, producer, consumer or internal: the tag span.kind
  tag.KEY=      a tag, evaluated when the span begins. A string or {expr}
  return.KEY=   a tag, evaluated when the function ends. {expr}, in which results
                without a name are _0, _1, ...
  error=off     a returned error does not mark the span
  ignore=       {err, err}: errors, as by errors.Is, that do not mark it
  root          the span begins a new trace
  entry         the span's parent is what the context has brought from another
                process; without that it begins a new trace
  measured      the agent computes statistics for it
  only=exported, min=N
                of what a type, package or rule selects only what is exported,
                and has N statements or more

	//dd:trace shop.make resource={order.Kind} tag.toppings={len(order.Toppings)} return.price={_0} ignore={io.EOF}
	func (s *Shop) Make(ctx context.Context, order Order) (float64, error) {

The active span gets tags by a directive above a statement, or at a block's end:

	//dd:tag bread=rye slices={2}

Rules are directives without a comment: in ddinstrument.yaml, in the working
directory or above it, or on the command line as --trace 'PACKAGES[:FUNC] [KEY=VALUE ...]'.
FUNC is a glob over Func and Type.Method. --all is --trace './...:*'.

	trace:
	  - package: ./store/...
	    func: "*Store.*"
	    do: service=orders only=exported

The nearest decides, whole: a function's own directive, its type's, the
package's, then the first rule. //dd:ignore above one of them takes it out of
what is further away. Generated files are only traced by directives in them.

Other tools' //dd:span and //orchestrion:ignore (Orchestrion) and //otelc:span
(OpenTelemetry) are read as those tools read them; check -v says how.`

// languageTopic is "ddinstrument help directives".
func languageTopic() *cobra.Command {
	return &cobra.Command{Use: "directives", Short: "The language of //dd:trace, on one page", Long: languageHelp}
}

const libsHelp = `With --libs, the libraries that a program uses are traced by themselves: requests
that it serves and makes, queries, commands, messages; the context goes along
with what is sent, and what is logged says which span it belongs to.

  --libs          all libraries that are known
  --libs=A,B      some of them: net/http, database/sql, go-redis, grpc, ...
  --libs=off      none

run has it on by itself, the other commands do without. In ddinstrument.yaml
the key libs decides for all of them; the command line overrides it.

	libs: [net/http, database/sql]

A library is changed in the build alone, by rules for the versions that are
known. One of another version is left as it is, and that is said. What a program
has, and what would be traced of it:

	ddinstrument list --libs ./...

At run time, DD_TRACE_ENABLED and the other variables of Datadog's tracers have
the meaning that they have there.`

// libsTopic is "ddinstrument help libs".
func libsTopic() *cobra.Command {
	return &cobra.Command{Use: "libs", Short: "Libraries traced by themselves: --libs", Long: libsHelp}
}
