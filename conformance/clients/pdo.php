<?php
// PDO with mysqlnd (Debian: php-cli php-mysql), its own prepared statements and the server's.
[, $host, $port, $ca, $user, $password] = $argv;
function check($holds, $what) { if (!$holds) { echo "wrong: $what\n"; exit(1); } }
foreach ([true, false] as $emulated) {
    $pdo = new PDO("mysql:host=$host;port=$port;dbname=shop;charset=utf8mb4", $user, $password, [
        PDO::MYSQL_ATTR_SSL_CA => $ca,
        PDO::ATTR_EMULATE_PREPARES => $emulated,
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_NUM,
    ]);
    $one = $pdo->prepare("select name from customers where id = ?");
    $one->execute([1]);
    check($one->fetchAll() === [["Ada"]], "a parameter");
    $row = ["Zoë 😀 'quoted'", "1990-02-03", "12.50", "a\\b"];
    $pdo->beginTransaction();
    $pdo->prepare("insert into customers (name, born, balance, note) values (?, ?, ?, ?)")->execute($row);
    $number = $pdo->lastInsertId();
    $again = $pdo->prepare("select name, born, balance, note from customers where id = ?");
    $again->execute([$number]);
    check($again->fetchAll() === [$row], "what was inserted");
    $pdo->rollBack();
    $again->execute([$number]);
    check($again->fetchAll() === [], "rolled back");
    try {
        $pdo->query("select ssn from customers");
        check(false, "ssn came");
    } catch (PDOException $e) {
        check(in_array($e->errorInfo[1], [1142, 1143]), $e->getMessage());
    }
    check($pdo->query("select count(*) from customers")->fetch() !== false, "alive after a denial");
}
echo "ok\n";
