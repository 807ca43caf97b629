package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/worker"
)

// companiesFile is the file with the companies and their keys:
//
//	[{"company_id": "…", "user_api_key": "…", "vendor_api_key": "…", "business_id": "1234567-8"}]
type companiesFile struct {
	path string // empty: one company, of the environment
	last []byte // what was read
}

// keysOf is a company as the file has it.
type keysOf struct {
	CompanyID    string `json:"company_id"`
	UserAPIKey   string `json:"user_api_key"`
	VendorAPIKey string `json:"vendor_api_key"`
	BusinessID   string `json:"business_id"`
}

func (k keysOf) company() worker.Company {
	return worker.Company{BusinessID: k.BusinessID, Credentials: maventa.Credentials{
		CompanyID: k.CompanyID, UserAPIKey: maventa.Secret(k.UserAPIKey), VendorAPIKey: maventa.Secret(k.VendorAPIKey),
	}}
}

// read returns the companies. No error holds a key.
func (f *companiesFile) read() ([]worker.Company, error) {
	if f.path == "" {
		one := keysOf{
			os.Getenv("MAVENTA_COMPANY_ID"), os.Getenv("MAVENTA_USER_API_KEY"), os.Getenv("MAVENTA_VENDOR_API_KEY"), os.Getenv("MAVENTA_BUSINESS_ID"),
		}
		if one.CompanyID == "" {
			return nil, fmt.Errorf("%w: no companies: give -companies, or set MAVENTA_COMPANY_ID, MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY", worker.ErrConfig)
		}
		return []worker.Company{one.company()}, nil
	}
	text, err := worker.ReadSecret(f.path)
	if err != nil {
		return nil, fmt.Errorf("%w: -companies: %w", worker.ErrConfig, err)
	}
	f.last = text
	return parseCompanies(f.path, text)
}

func parseCompanies(path string, text []byte) ([]worker.Company, error) {
	var list []keysOf
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		return nil, fmt.Errorf("%w: %s is not a list of companies: %w", worker.ErrConfig, path, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) || len(list) == 0 {
		return nil, fmt.Errorf("%w: %s must be one list, of at least one company", worker.ErrConfig, path)
	}
	var companies []worker.Company
	seen := map[string]bool{}
	for i, k := range list {
		if k.CompanyID == "" || k.UserAPIKey == "" || k.VendorAPIKey == "" {
			return nil, fmt.Errorf("%w: %s: company %d of the list needs company_id, user_api_key and vendor_api_key", worker.ErrConfig, path, i+1)
		}
		id := strings.ToLower(strings.TrimSpace(k.CompanyID))
		if seen[id] {
			return nil, fmt.Errorf("%w: %s: company %s is in the list twice", worker.ErrConfig, path, k.CompanyID)
		}
		seen[id] = true
		companies = append(companies, k.company())
	}
	return companies, nil
}

// reloadEvery is how often the file is looked at.
const reloadEvery = 2 * time.Second

// watch gives the companies to the worker whenever their file has changed, until ctx
// ends. A file that cannot be used changes nothing.
func (f *companiesFile) watch(ctx context.Context, w *worker.Worker, config worker.Config) {
	if f.path == "" {
		return
	}
	ticker := time.NewTicker(reloadEvery)
	defer ticker.Stop()
	problem := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		before := f.last
		list, err := f.read()
		if err == nil && bytes.Equal(before, f.last) {
			problem = ""
			continue
		}
		if err == nil {
			if err = w.SetCompanies(ctx, list); err != nil {
				f.last = nil // the database may have failed: once more
			}
		}
		switch {
		case errors.Is(err, context.Canceled):
			return
		case err == nil:
			config.Log.InfoContext(ctx, "the companies were read again", "companies", len(list))
			problem = ""
		case err.Error() != problem: // once
			problem = err.Error()
			config.Log.ErrorContext(ctx, "the companies are left as they were", "error", problem)
		}
	}
}
