// mysql2 (npm), text and prepared.
const fs = require("fs");
const assert = require("assert");
const mysql = require("mysql2/promise");

const [host, port, ca, user, password] = process.argv.slice(2);
(async () => {
  const connection = await mysql.createConnection({
    host, port: Number(port), user, password, database: "shop", charset: "utf8mb4",
    ssl: { ca: fs.readFileSync(ca), rejectUnauthorized: true }, supportBigNumbers: true, dateStrings: true,
  });
  for (const ask of ["query", "execute"]) {
    const [found] = await connection[ask]("select name from customers where id = ?", [1]);
    assert.deepStrictEqual(found.map((r) => ({ ...r })), [{ name: "Ada" }]);
    await connection.beginTransaction();
    const row = ["Zoë 😀 'quoted'", "1990-02-03", "12.50", "a\\b"];
    const [inserted] = await connection[ask]("insert into customers (name, born, balance, note) values (?, ?, ?, ?)", row);
    const [again] = await connection[ask]("select name, born, balance, note from customers where id = ?", [inserted.insertId]);
    assert.deepStrictEqual(Object.values(again[0]), row);
    await connection.rollback();
    await assert.rejects(connection[ask]("select ssn from customers"), (e) => [1142, 1143].includes(e.errno) && /ssn/.test(e.message));
    await connection.ping();
  }
  const [results] = await connection.query("call two_results()");
  assert.strictEqual(results[1][0].c, 3);
  await connection.changeUser({ database: "shop" }).catch((e) => console.log("change of user:", e.message));
  await connection.end();
  console.log("ok");
})().catch((e) => { console.log(e); process.exit(1); });
