# mysqlclient, which is the C library (Debian: python3-mysqldb)
import datetime
import decimal
import sys

import MySQLdb

host, port, ca, user, password = sys.argv[1:]
connection = MySQLdb.connect(host=host, port=int(port), user=user, passwd=password, db="shop", charset="utf8mb4", ssl={"ca": ca})
cursor = connection.cursor()
cursor.execute("select name from customers where id = %s", (1,))
assert cursor.fetchone() == ("Ada",)
row = ("Zoë 😀 'quoted'", datetime.date(1990, 2, 3), decimal.Decimal("12.50"), "a\\b")
cursor.execute("insert into customers (name, born, balance, note) values (%s, %s, %s, %s)", row)
number = cursor.lastrowid
cursor.execute("select name, born, balance, note from customers where id = %s", (number,))
assert cursor.fetchone() == row
connection.rollback()
cursor.execute("select count(*) from customers where id = %s", (number,))
assert cursor.fetchone() == (0,)
try:
    cursor.execute("select ssn from customers")
    raise SystemExit("ssn came")
except MySQLdb.MySQLError as error:
    assert error.args[0] in (1142, 1143), error
cursor.callproc("two_results")
assert cursor.fetchall() == ((1,),)
assert cursor.nextset() == 1 and cursor.fetchall() == ((2, 3),)
while cursor.nextset() == 1:
    pass
cursor.close()
connection.ping()
assert connection.get_server_info()
connection.close()
print("ok")
