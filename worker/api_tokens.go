package worker

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
)

// leastToken is how long a token is, in bytes.
const leastToken = 32

// Tokens say who may use the HTTP API, and for which companies. They are in a file of
// JSON that others cannot read, see [ReadSecret]:
//
//	{"tenants": [{"name": "erp", "token": "at least 32 characters", "companies": ["*"]}]}
//
// Companies are ids, or "*": all. The file is read again when it has changed. While it
// cannot be read, nobody is let in.
type Tokens struct {
	path string

	mu      sync.Mutex
	seen    os.FileInfo
	tenants []tenant
	err     error
}

// tenant is who has a token.
type tenant struct {
	name      string
	hash      [sha256.Size]byte // of the token
	companies map[string]bool   // canonical
}

const all = "*"

func (t *tenant) isOfAll() bool            { return t.companies[all] }
func (t *tenant) sees(company string) bool { return t.companies[all] || t.companies[company] }

// list are the companies; the one "" if all.
func (t *tenant) list() (ids []string) {
	if t.isOfAll() {
		return []string{""}
	}
	for id := range t.companies {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// OpenTokens reads the file of tokens. The error matches [ErrConfig] and holds no token.
func OpenTokens(path string) (*Tokens, error) {
	t := &Tokens{path: path}
	if err := t.refresh(); err != nil {
		return nil, err
	}
	return t, nil
}

// refresh reads the file if it is another one than before.
func (t *Tokens) refresh() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, err := os.Stat(t.path)
	if err != nil {
		t.seen, t.err = nil, fmt.Errorf("%w: %w", errTokens, err)
		return t.err
	}
	if t.seen != nil && os.SameFile(now, t.seen) && now.ModTime().Equal(t.seen.ModTime()) && now.Size() == t.seen.Size() && now.Mode() == t.seen.Mode() {
		return t.err
	}
	t.seen = now
	if t.tenants, t.err = readTokens(t.path); t.err != nil {
		t.err = fmt.Errorf("%w: %s: %w", errTokens, t.path, t.err)
	}
	return t.err
}

func readTokens(path string) ([]tenant, error) {
	text, err := ReadSecret(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Tenants []struct {
			Name      string   `json:"name"`
			Token     string   `json:"token"`
			Companies []string `json:"companies"`
		} `json:"tenants"`
	}
	if err := decodeStrict(bytes.TrimSpace(text), &file); err != nil {
		return nil, err
	}
	var list []tenant
	for i, f := range file.Tenants {
		one := tenant{name: f.Name, hash: sha256.Sum256([]byte(f.Token)), companies: map[string]bool{}}
		for _, id := range f.Companies {
			one.companies[canonical(id)] = true
		}
		isTaken := slices.ContainsFunc(list, func(t tenant) bool { return t.name == one.name || t.hash == one.hash })
		switch {
		case f.Name == "" || len(f.Name) > 100 || !isText(f.Name):
			return nil, fmt.Errorf("tenants[%d].name is required, up to 100 bytes", i)
		case len(f.Token) < leastToken:
			return nil, fmt.Errorf("tenants[%d].token has fewer than %d characters", i, leastToken)
		case len(one.companies) == 0 || one.companies[""]:
			return nil, fmt.Errorf(`tenants[%d].companies must name some companies, or "*"`, i)
		case isTaken:
			return nil, fmt.Errorf("tenants[%d] has the name or the token of an earlier one", i)
		}
		list = append(list, one)
	}
	if len(list) == 0 {
		return nil, errors.New("it has no tenants")
	}
	return list, nil
}

// find returns whose token a header carries. All are compared, and hashes of them, so
// that the time tells nothing.
func (t *Tokens) find(header string) (*tenant, error) {
	if t == nil {
		return nil, errTokens
	}
	if err := t.refresh(); err != nil {
		return nil, err
	}
	t.mu.Lock()
	tenants := t.tenants
	t.mu.Unlock()
	kind, token, _ := strings.Cut(header, " ")
	var found *tenant
	hash := sha256.Sum256([]byte(strings.TrimSpace(token)))
	for i := range tenants {
		if subtle.ConstantTimeCompare(hash[:], tenants[i].hash[:]) == 1 {
			found = &tenants[i]
		}
	}
	if found == nil || !strings.EqualFold(kind, "Bearer") {
		return nil, newProblem(http.StatusUnauthorized, "unauthorized", "the request needs the header Authorization: Bearer, with a token of the worker's file; nothing was changed")
	}
	return found, nil
}
