package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// base is the table that says what the others are. It never changes; what comes
// later goes into tables of its own.
const base = `CREATE TABLE IF NOT EXISTS maventa_store (
	id             INTEGER  NOT NULL PRIMARY KEY, -- 1: there is one row
	schema_version INTEGER  NOT NULL, -- how many steps were made
	environment    KEY(64)  NOT NULL, -- empty until a program is bound
	installation   KEY(64)  NOT NULL,
	generation     BIGINT   NOT NULL, -- counts the transactions that begin something; a takeover makes it jump
	begun_by       KEY(64)  NOT NULL, -- a random name of what the generation was counted for
	seen           BIGINT   NOT NULL, -- the highest generation that a marker reported
	settles_at     BIGINT   NOT NULL  -- after a takeover: microseconds since 1970, UTC
) ENGINE`

// steps make the tables. A step is never changed once it was released: add one. Its
// statements may be run again after a crash in the middle, so each does nothing if
// it was run already: CREATE TABLE IF NOT EXISTS, or INDEX name ON table (columns).
// KEY(n) is text that is compared byte by byte, n one of
// keySizes; JSON is text of any length.
//
// An index begins with what tells most apart. Of several that begin with the same
// columns, PostgreSQL takes any while it has no statistics, and reads all of a company.
var steps = [][]string{
	{ // 1: the journal, the table of docs/ledger.md
		`CREATE TABLE IF NOT EXISTS maventa_journal (
			environment   KEY(64)  NOT NULL,
			company_id    KEY(64)  NOT NULL,
			entry_key     KEY(512) NOT NULL,
			claim         KEY(255),          -- what it holds; NULL: nothing
			assignment_id KEY(200) NOT NULL, -- empty for a transfer
			state         KEY(16)  NOT NULL, -- open, applied, rejected or not sent
			begun_at      BIGINT   NOT NULL, -- microseconds since 1970, UTC
			entry         JSON     NOT NULL, -- the whole record
			PRIMARY KEY (entry_key, company_id, environment),
			UNIQUE (claim, company_id, environment)
		) ENGINE`,
		`INDEX maventa_journal_assignment ON maventa_journal (assignment_id, company_id, environment)`,
		`INDEX maventa_journal_state ON maventa_journal (state, company_id, environment, begun_at)`,
		`CREATE TABLE IF NOT EXISTS maventa_takeovers (
			generation      BIGINT   NOT NULL PRIMARY KEY, -- the first one after it
			taken_at        BIGINT   NOT NULL, -- microseconds since 1970, UTC
			installation    KEY(64)  NOT NULL,
			who             KEY(200) NOT NULL,
			why             JSON     NOT NULL,
			from_generation BIGINT   NOT NULL, -- where the database stood
			from_marker     BIGINT   NOT NULL, -- where the marker stood; -1: there was none
			from_installation KEY(64) NOT NULL
		) ENGINE`,
	},
	inboxStep,
	workStep,
	guardStep,
	outboxStep,
}

// Migrate creates the tables, or brings them to what this program needs. It may be
// run at every start, by several processes at once: one works, the others wait. One
// that was cut off is finished by the next. Tables of a newer program are an error
// that matches [ErrSchema].
//
// It needs the right to create tables; the other methods do not.
func (s *Store) Migrate(ctx context.Context) error {
	return s.failed("Migrate", s.migrate(ctx))
}

func (s *Store) migrate(ctx context.Context) error {
	if s.dialect.endsByDDL {
		return s.migrateStatements(ctx)
	}
	return s.write(ctx, func(q session) error {
		if s.dialect.lock != "" {
			if err := s.exec(ctx, q, s.dialect.lock); err != nil {
				return err
			}
		}
		return s.step(ctx, q)
	})
}

// migrateStatements migrates where each statement commits by itself.
func (s *Store) migrateStatements(ctx context.Context) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // it goes back to the pool
	var locked sql.NullInt64
	if err := conn.QueryRowContext(ctx, s.dialect.lock).Scan(&locked); err != nil {
		return err
	}
	if locked.Int64 != 1 {
		return refusal(ErrSchema, "another process migrates, or does not end: try again")
	}
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
		defer cancel()
		_, _ = conn.ExecContext(ending, "SELECT RELEASE_LOCK('maventa_migrate')") // it ends with the connection, too
	}()
	return s.step(ctx, conn)
}

// step makes the steps that are missing.
func (s *Store) step(ctx context.Context, q session) error {
	if err := s.create(ctx, q, base); err != nil {
		return err
	}
	version := 0
	err := q.QueryRowContext(ctx, "SELECT schema_version FROM maventa_store WHERE id = 1").Scan(&version)
	if isMissing(err) {
		err = s.exec(ctx, q, `INSERT INTO maventa_store (id, schema_version, environment, installation, generation, begun_by, seen, settles_at)
			VALUES (1, 0, '', '', 0, '', 0, 0)`)
	}
	if err != nil {
		return err
	}
	if version > len(steps) {
		return newerSchema(version)
	}
	for ; version < len(steps); version++ {
		for _, statement := range steps[version] {
			if err := s.create(ctx, q, statement); err != nil {
				return fmt.Errorf("step %d: %w", version+1, err)
			}
		}
		if err := s.exec(ctx, q, "UPDATE maventa_store SET schema_version = ? WHERE id = 1", version+1); err != nil {
			return err
		}
	}
	return nil
}

// create runs a statement of a step, in the words of the database. Not each of them
// has CREATE INDEX IF NOT EXISTS.
func (s *Store) create(ctx context.Context, q session, statement string) error {
	if name, isIndex := strings.CutPrefix(statement, "INDEX "); isIndex {
		name, _, _ = strings.Cut(name, " ")
		statement = "CREATE INDEX IF NOT EXISTS " + strings.TrimPrefix(statement, "INDEX ")
		if s.dialect == dialects[MySQL] {
			there := 0
			err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM information_schema.statistics
				WHERE table_schema = DATABASE() AND index_name = ?`, name).Scan(&there)
			if err != nil || there > 0 {
				return err
			}
			statement = strings.Replace(statement, "IF NOT EXISTS ", "", 1)
		}
	}
	_, err := q.ExecContext(ctx, s.dialect.types.Replace(statement))
	return err
}

func newerSchema(version int) error {
	return refusal(ErrSchema, fmt.Sprintf("the tables are of version %d, made by a newer program; this one knows up to %d: "+
		"use the newer program", version, len(steps)))
}
