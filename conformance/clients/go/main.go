// go-sql-driver/mysql (Debian: golang-go golang-github-go-sql-driver-mysql-dev), prepared and interpolated.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/go-sql-driver/mysql"
)

func must(err error) {
	if err != nil {
		fmt.Println("wrong:", err)
		os.Exit(1)
	}
}

func check(holds bool, what string) {
	if !holds {
		must(errors.New(what))
	}
}

func main() {
	host, port, ca, user, password := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]
	pem, err := os.ReadFile(ca)
	must(err)
	pool := x509.NewCertPool()
	check(pool.AppendCertsFromPEM(pem), "the certificate")
	must(mysql.RegisterTLSConfig("gateway", &tls.Config{RootCAs: pool, ServerName: host}))
	for _, options := range []string{"", "&interpolateParams=true"} {
		db, err := sql.Open("mysql", fmt.Sprintf("%s:%s@tcp(%s:%s)/shop?tls=gateway&charset=utf8mb4%s", user, password, host, port, options))
		must(err)
		var name string
		must(db.QueryRow("select name from customers where id = ?", 1).Scan(&name))
		check(name == "Ada", "a parameter")
		tx, err := db.Begin()
		must(err)
		inserted, err := tx.Exec("insert into customers (name, born, balance, note) values (?, ?, ?, ?)", "Zoë 😀 'quoted'", "1990-02-03", "12.50", "a\\b")
		must(err)
		number, err := inserted.LastInsertId()
		must(err)
		var born, balance, note string
		must(tx.QueryRow("select name, born, balance, note from customers where id = ?", number).Scan(&name, &born, &balance, &note))
		check(name == "Zoë 😀 'quoted'" && born == "1990-02-03" && balance == "12.50" && note == "a\\b", "what was inserted")
		must(tx.Rollback())
		_, err = db.Query("select ssn from customers")
		var refused *mysql.MySQLError
		check(errors.As(err, &refused) && (refused.Number == 1142 || refused.Number == 1143), fmt.Sprint("ssn: ", err))
		must(db.Ping())
		must(db.Close())
	}
	fmt.Println("ok")
}
