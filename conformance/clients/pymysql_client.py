# PyMySQL (Debian: python3-pymysql)
import datetime
import decimal
import sys

import pymysql

host, port, ca, user, password = sys.argv[1:]
connection = pymysql.connect(host=host, port=int(port), user=user, password=password, database="shop", charset="utf8mb4",
                             ssl_ca=ca, ssl_verify_cert=True, ssl_verify_identity=True)
with connection.cursor() as cursor:
    cursor.execute("select name from customers where id = %s", (1,))
    assert cursor.fetchone() == ("Ada",)
    row = ("Zoë 😀 'quoted'", datetime.date(1990, 2, 3), decimal.Decimal("12.50"), "a\\b", bytes(range(256)))
    # bytes go raw into the text, after `_binary`, and are no UTF-8: refused, so in hexadecimal.
    try:
        cursor.execute("insert into customers (name, photo) values ('raw', %s)", (row[4],))
        raise SystemExit("a text that is no UTF-8 was taken")
    except pymysql.err.MySQLError as error:
        assert error.args[0] == 1300, error
    cursor.execute("insert into customers (name, born, balance, note, photo) values (%s, %s, %s, %s, unhex(%s))",
                   row[:4] + (row[4].hex(),))
    number = cursor.lastrowid
    cursor.execute("select name, born, balance, note, photo from customers where id = %s", (number,))
    assert cursor.fetchone() == row
    connection.rollback()
    cursor.execute("select count(*) from customers where id = %s", (number,))
    assert cursor.fetchone() == (0,)
    try:
        cursor.execute("select ssn from customers")
        raise SystemExit("ssn came")
    except pymysql.err.MySQLError as error:
        assert error.args[0] in (1142, 1143), error
        assert "ssn" in error.args[1], error
    cursor.execute("call two_results()")
    assert cursor.fetchall() == ((1,),)
    assert cursor.nextset() and cursor.fetchall() == ((2, 3),)
    while cursor.nextset():
        pass
connection.select_db("information_schema")
connection.ping()
connection.close()
print("ok")
