//go:build !unix

package dbserver
