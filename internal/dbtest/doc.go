// Package dbtest holds the tests of package sqlstore on real databases: SQLite in a
// file, and PostgreSQL and MariaDB, which the tests start from the system's programs
// in a temporary folder. MAVENTA_TEST_POSTGRES_DSN and MAVENTA_TEST_MYSQL_DSN name
// servers to use instead; each test makes databases of its own there. Where neither
// is to be had the tests fail.
package dbtest
