//go:build go1.21

#include "textflag.h"

// func walk(pcs *uintptr, most int) (n int)
//
// See walk_amd64.s. The frame pointer is R29, and the frames are laid out alike.
TEXT ·walk(SB), NOSPLIT|NOFRAME, $0-24
	MOVD pcs+0(FP), R0
	MOVD most+8(FP), R1
	MOVD 0(g), R2
	MOVD 8(g), R3
	SUB  $16, R3
	MOVD R29, R4
	MOVD $0, R5

next:
	CMP  R1, R5
	BGE  done
	CMP  R2, R4
	BLS  done
	CMP  R3, R4
	BHI  done
	TST  $7, R4
	BNE  done
	MOVD 8(R4), R6
	MOVD R6, (R0)(R5<<3)
	ADD  $1, R5
	MOVD R4, R2
	MOVD (R4), R4
	B    next

done:
	MOVD R5, n+16(FP)
	RET
