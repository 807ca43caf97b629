package main

import "github.com/maventa-go/maventa"

// prefetching is the SDK with the next page fetched ahead.
func prefetching(base string) (*sdk, error) {
	s, err := newSDK(base, nil)
	if err == nil {
		s.opts = []maventa.CallOption{maventa.WithPrefetch()}
	}
	return s, err
}
