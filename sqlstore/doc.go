// Package sqlstore keeps the journal of package ledger in a database, for several
// processes and servers: SQLite, PostgreSQL, MySQL and MariaDB, on database/sql
// alone. The driver is the caller's.
//
//	store, err := sqlstore.Open(db, sqlstore.PostgreSQL, sqlstore.Installation{
//		Environment: maventa.Production, ID: "acme-production", Marker: sqlstore.FileMarker("/var/lib/acme/maventa.marker"),
//	})
//	err = store.Migrate(ctx)
//	err = store.Check(ctx)
//	l := ledger.New(client, store.Journal())
//
// Beside the journal it keeps the events of a company ([Inbox]), what needs a person
// ([WorkList]), what is not sent yet ([Outbox]), and is the ledger's pause and
// reservations. docs/ledger.md and docs/following.md describe the tables.
//
// # Durable, or refused
//
// What Begin and End have stored survives a crash of the machine. Each of their
// transactions sees to it: SQLite's synchronous is raised to FULL on its connection,
// PostgreSQL's synchronous_commit to on for the transaction. What only the server's
// configuration can give is asked for and refused with [ErrNotDurable]: a journal_mode
// of SQLite's that can damage the file, PostgreSQL's fsync and full_page_writes,
// MySQL's innodb_flush_log_at_trx_commit, and sync_binlog if there is a binary log.
//
// # A copy, or an old backup
//
// A database can be copied, and an older state of it restored. Then it does not know
// what was sent, and a program that writes from it may report payments twice. So the
// store is bound to an environment and an installation, whose id lies in the
// program's configuration, and a [Marker] outside the database remembers how far it
// was. The database counts the transactions that begin something: its generation.
// Such a one takes the next number under a lock of the store's row, writes it with a
// random name into the marker, durably, commits, and notes in the marker that it is
// committed, before anything is sent. What goroutines of one process begin and end at
// the same time shares a transaction: the more work at a time, the less each costs.
//
// The store is only read, [ErrMaybeCopy], if the database belongs to another
// installation (a copy in a test system), if it is in use and the marker is missing (a
// copy on another machine), if it stands before a generation that the marker knows as
// committed (an older backup), or if that generation has another name (a copy that
// counts with the same marker; of two that begin at the same moment one or both are
// stopped before they send). A process that was killed after it had written the
// marker and before its commit leaves a marker that is ahead by one that is not known
// as committed: nothing was sent for it, and the store goes on.
//
// Several processes share one marker, or have one on each machine. A marker on a
// machine may be behind: others have begun more. It must never be ahead. So a
// restored backup is seen by each machine that has begun something since, and what it
// has seen it notes in the database, where the others see it; a machine that has not
// goes on until then. Who cannot have that shares one marker among the machines: it
// is an interface. A machine that is new gets a copy of another one's file.
//
// [Store.Takeover] is a person's word that the store is to be written as it is. It
// moves the generation on, so that nobody with the old state or the old marker goes
// on beside it, and for the settle time nothing is begun. What was sent after the
// backup is found by reading then, as the ledger reads before it sends: an equal event
// that the journal does not explain is ledger.ErrPossibleDuplicate, a question to a
// person, who adopts it; a transfer is looked up before it is made. What no program can
// see is a copy of everything: database, configuration and marker.
package sqlstore
