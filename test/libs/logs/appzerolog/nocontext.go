//go:build nocontext

package main

import "context"

func byContext(context.Context) {}
