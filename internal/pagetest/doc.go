// Package pagetest holds the tests of the page of cmd/maventa-sandbox in a browser:
// the system's Chromium, without a window. Where there is none the tests fail.
//
// testdata/axe.min.js is axe-core by Deque Systems, version 4.14.1, as its npm package
// has it; its licences lie beside it.
package pagetest
