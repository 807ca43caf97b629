package sqlstore

import (
	"fmt"
	"strconv"
	"strings"
)

// Dialect is the kind of a database. There is no default.
type Dialect uint8

// The databases that the tests of this module run on. For others docs/ledger.md
// shows a journal of one's own in two statements.
const (
	// SQLite is SQLite 3.16 or newer, in a file.
	SQLite Dialect = iota + 1
	// PostgreSQL is PostgreSQL 12 or newer.
	PostgreSQL
	// MySQL is MySQL 8.0 or MariaDB 10.5, or newer, with InnoDB.
	MySQL
)

// String returns the name of the database.
func (d Dialect) String() string {
	if !d.isKnown() {
		return "unknown"
	}
	return dialects[d].name
}

func (d Dialect) isKnown() bool { return d >= SQLite && d <= MySQL }

// dialect is what the databases do differently.
type dialect struct {
	name string
	// types are the column types of the migrations. Keys, ids and claims are
	// compared byte by byte: in MySQL by VARBINARY, which keeps trailing spaces apart
	// too, in PostgreSQL whatever the database's collation is.
	types *strings.Replacer
	// forUpdate locks the rows that a transaction reads.
	forUpdate string
	// settings are what a commit's durability rests on, as columns of a query.
	settings string
	// isEmbedded: a transaction is begun by a statement that takes the lock for
	// writing at once, and durability is set on the connection before it.
	isEmbedded bool
	// isNumbered: parameters are written $1, not ?.
	isNumbered bool
	// lock lets one transaction or connection at a time migrate.
	lock string
	// endsByDDL: a statement that creates something commits by itself.
	endsByDDL bool
}

var dialects = [...]*dialect{
	SQLite: {
		name:  "SQLite",
		types: strings.NewReplacer("KEY(", "VARCHAR(", "JSON", "TEXT", "ENGINE", ""), settings: "''", isEmbedded: true,
	},
	PostgreSQL: {
		name:       "PostgreSQL",
		types:      keyTypes(`VARCHAR(%d) COLLATE "C"`, "JSON", "TEXT", "ENGINE", ""),
		forUpdate:  " FOR UPDATE",
		settings:   "current_setting('fsync') || ',' || current_setting('full_page_writes') || ',' || current_setting('synchronous_commit')",
		isNumbered: true,
		lock:       "SELECT pg_advisory_xact_lock(5566218147003120)",
	},
	MySQL: {
		name:      "MySQL",
		types:     keyTypes("VARBINARY(%d)", "JSON", "LONGBLOB", "ENGINE", "ENGINE=InnoDB"),
		forUpdate: " FOR UPDATE",
		settings:  "CONCAT(@@innodb_flush_log_at_trx_commit, ',', @@log_bin, ',', @@sync_binlog)",
		lock:      "SELECT GET_LOCK('maventa_migrate', 60)",
		endsByDDL: true,
	},
}

// keySizes are the lengths of the columns that hold keys and ids, in bytes.
var keySizes = []int{16, 64, 200, 255, 512}

func keyTypes(format string, others ...string) *strings.Replacer {
	var pairs []string
	for _, size := range keySizes {
		pairs = append(pairs, fmt.Sprintf("KEY(%d)", size), fmt.Sprintf(format, size))
	}
	return strings.NewReplacer(append(pairs, others...)...)
}

// query writes a statement as the database takes it.
func (d *dialect) query(statement string) string {
	if !d.isNumbered {
		return statement
	}
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(statement, "?") {
		if n > 0 {
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	return b.String()
}
