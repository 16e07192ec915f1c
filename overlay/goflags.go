package overlay

// flag kinds: whether a flag takes its value from the next word.
const (
	boolean = iota
	valued
)

// buildFlags are the flags of go build, and of every verb here
// (go help build).
var buildFlags = map[string]int{
	"C": valued, "a": boolean, "n": boolean, "p": valued, "race": boolean, "msan": boolean, "asan": boolean,
	"cover": boolean, "covermode": valued, "coverpkg": valued, "v": boolean, "work": boolean, "x": boolean,
	"asmflags": valued, "buildmode": valued, "buildvcs": boolean, "compiler": valued, "gccgoflags": valued,
	"gcflags": valued, "installsuffix": valued, "json": boolean, "ldflags": valued, "linkshared": boolean,
	"mod": valued, "modcacherw": boolean, "modfile": valued, "overlay": valued, "pgo": valued, "pkgdir": valued,
	"tags": valued, "trimpath": boolean, "toolexec": valued, "o": valued, "exec": valued,
}

// verbFlags are those that a verb has beside them (go help test, go help
// testflag, go help vet).
var verbFlags = map[string]map[string]int{
	"test": {
		"args": boolean, "c": boolean, "i": boolean, "bench": valued, "benchmem": boolean, "benchtime": valued,
		"blockprofile": valued, "blockprofilerate": valued, "count": valued, "coverprofile": valued, "cpu": valued,
		"cpuprofile": valued, "failfast": boolean, "fullpath": boolean, "fuzz": valued, "fuzzminimizetime": valued,
		"fuzztime": valued, "list": valued, "memprofile": valued, "memprofilerate": valued, "mutexprofile": valued,
		"mutexprofilefraction": valued, "outputdir": valued, "parallel": valued, "run": valued, "short": boolean,
		"shuffle": valued, "skip": valued, "timeout": valued, "trace": valued, "vet": valued, "artifacts": boolean,
	},
	"vet": {
		"vettool": valued, "fix": boolean, "diff": boolean, "c": valued, "printf.funcs": valued, "printfuncs": valued,
		"unusedresult.funcs": valued, "unusedresult.stringmethods": valued, "unusedfuncs": valued, "unusedstringmethods": valued,
	},
}

// gos are the verbs whose flags the go command knows best: one that is not
// known here is its to judge.
var gos = map[string]bool{"build": true, "run": true, "test": true, "install": true, "vet": true}
