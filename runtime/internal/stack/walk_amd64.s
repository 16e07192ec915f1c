//go:build go1.21

#include "textflag.h"

// func walk(pcs *uintptr, most int) (n int)
//
// A frame pointer leads to the caller's, and above it stands the return address. Each is looked at only if it is within
// the stack (whose bounds are the first two words of g, where runtime/cgo too counts on them) and above the one before.
TEXT ·walk(SB), NOSPLIT|NOFRAME, $0-24
	MOVQ pcs+0(FP), DI
	MOVQ most+8(FP), SI
	MOVQ (TLS), R8
	MOVQ 0(R8), R9
	MOVQ 8(R8), R10
	SUBQ $16, R10
	MOVQ BP, R11
	XORQ AX, AX

next:
	CMPQ AX, SI
	JGE  done
	CMPQ R11, R9
	JLS  done
	CMPQ R11, R10
	JHI  done
	TESTQ $7, R11
	JNE  done
	MOVQ 8(R11), R12
	MOVQ R12, (DI)(AX*8)
	INCQ AX
	MOVQ R11, R9
	MOVQ (R11), R11
	JMP  next

done:
	MOVQ AX, n+16(FP)
	RET
