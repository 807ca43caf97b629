package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

const (
	limitInsert   = "INSERT INTO maventa_limits (environment, company_id, limit_name) VALUES (?, ?, ?)"
	limitLock     = "SELECT limit_name FROM maventa_limits WHERE environment = ? AND company_id = ? AND limit_name = ?"
	reserved      = "SELECT entry_company, entry_key, amount FROM maventa_reservations WHERE environment = ? AND company_id = ? AND limit_name = ?"
	reserveInsert = `INSERT INTO maventa_reservations (amount, reserved_at, environment, company_id, limit_name, entry_company, entry_key)
		VALUES (?, ?, ?, ?, ?, ?, ?)`
	reserveReplace = `UPDATE maventa_reservations SET amount = ?, reserved_at = ? WHERE environment = ? AND company_id = ? AND limit_name = ?
		AND entry_company = ? AND entry_key = ?`
	reservedBy = "SELECT company_id, limit_name FROM maventa_reservations WHERE environment = ? AND entry_company = ? AND entry_key = ?"
	unreserves = `DELETE FROM maventa_reservations WHERE environment = ? AND company_id = ? AND limit_name = ?
		AND entry_company = ? AND entry_key = ?`
)

// Reserve implements [ledger.Reservations], for all processes together: give the store
// as ledger.Guards.Reservations.
func (s *Store) Reserve(ctx context.Context, r ledger.Reservation) (allowed bool, err error) {
	err = fit(text{"limit", r.Of, 1, 255}, text{"company id", r.Key.CompanyID, 1, 64}, text{"key", r.Key.Key, 1, 512})
	if err == nil && r.Key.Environment != s.own.Environment.Name {
		err = refusal(ErrOtherEnvironment, fmt.Sprintf("the entry is of environment %q, and the store of %q", r.Key.Environment, s.own.Environment.Name))
	}
	if err == nil {
		err = s.within(ctx, nil, func(q session, _ *state) (err error) {
			allowed, err = s.reserve(ctx, q, r)
			return err
		})
	}
	return allowed && err == nil, s.failed("Reserve", err)
}

func (s *Store) reserve(ctx context.Context, q session, r ledger.Reservation) (allowed bool, err error) {
	company := r.Key.CompanyID
	if r.Across {
		company = ""
	}
	of := []any{r.Key.Environment, company, r.Of}
	if _, err := s.insertNew(ctx, q, limitInsert, of...); err != nil {
		return false, err
	}
	var name string // from here on nobody else reserves of this limit
	if err := q.QueryRowContext(ctx, s.dialect.query(limitLock+s.dialect.forUpdate), of...).Scan(&name); err != nil {
		return false, err
	}
	count, sum, statement := 1, r.Amount, reserveInsert
	err = s.each(ctx, q, func(scan func(...any) error) error {
		var (
			owner, key string
			amount     maventa.Amount
		)
		if err := scan(&owner, &key, &amount); err != nil {
			return err
		}
		if owner == r.Key.CompanyID && key == r.Key.Key {
			statement = reserveReplace
			return nil
		}
		count++
		sum, err = sum.Add(amount)
		return err
	}, reserved, of...)
	if err != nil || !r.Limit.Allows(count, sum) {
		return false, err
	}
	args := append([]any{r.Amount.String(), time.Now().UnixMicro()}, of...)
	return true, s.exec(ctx, q, statement, append(args, r.Key.CompanyID, r.Key.Key)...)
}

// unreserve gives back what an entry uses of limits, since it was never sent: the parts
// of a bank line that is allocated otherwise must fit again.
func (s *Store) unreserve(ctx context.Context, q session, company, key string) error {
	environment := s.own.Environment.Name
	var uses [][]any
	if err := s.each(ctx, q, func(scan func(...any) error) error {
		var across, limit string
		err := scan(&across, &limit)
		uses = append(uses, []any{environment, across, limit, company, key})
		return err
	}, reservedBy, environment, company, key); err != nil {
		return err
	}
	for _, use := range uses {
		if err := s.exec(ctx, q, unreserves, use...); err != nil {
			return err
		}
	}
	return nil
}

// guardStep makes the tables of the guards; docs/ledger.md describes them.
var guardStep = []string{
	`CREATE TABLE IF NOT EXISTS maventa_pause (
		environment KEY(64)  NOT NULL PRIMARY KEY,
		paused      INTEGER  NOT NULL, -- 1: nothing is sent
		who         KEY(200) NOT NULL,
		why         JSON     NOT NULL,
		changed_at  BIGINT   NOT NULL  -- microseconds since 1970, UTC
	) ENGINE`,
	`CREATE TABLE IF NOT EXISTS maventa_limits (
		environment KEY(64)  NOT NULL,
		company_id  KEY(64)  NOT NULL, -- empty: one limit for all companies
		limit_name  KEY(255) NOT NULL,
		PRIMARY KEY (environment, company_id, limit_name)
	) ENGINE`,
	`CREATE TABLE IF NOT EXISTS maventa_reservations (
		environment   KEY(64)  NOT NULL,
		company_id    KEY(64)  NOT NULL, -- as in maventa_limits
		limit_name    KEY(255) NOT NULL,
		entry_company KEY(64)  NOT NULL, -- whose entry uses it
		entry_key     KEY(512) NOT NULL,
		amount        KEY(64)  NOT NULL, -- a decimal number
		reserved_at   BIGINT   NOT NULL, -- microseconds since 1970, UTC
		PRIMARY KEY (environment, company_id, limit_name, entry_company, entry_key)
	) ENGINE`,
	`INDEX maventa_reservations_entry ON maventa_reservations (entry_key, entry_company, environment)`,
}
