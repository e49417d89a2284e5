drop database if exists shop;
create database shop character set utf8mb4;
create table shop.customers (
    id int primary key auto_increment,
    name varchar(60) not null,
    ssn varchar(11),
    city varchar(40),
    born date,
    balance decimal(10,2),
    active boolean,
    note text,
    photo blob,
    seen datetime(3)
);
create table shop.orders (
    id int primary key auto_increment,
    customer_id int not null,
    total decimal(10,2) not null,
    index by_customer (customer_id),
    constraint of_customer foreign key (customer_id) references shop.customers (id)
);
insert into shop.customers (name, ssn, city, born, balance, active) values
    ('Ada', '900-01-0001', 'Ghent', '1985-12-10', 10.00, true),
    ('Grace', '900-01-0002', 'Porto', '1986-12-09', 20.50, false),
    ('Zoë', null, null, null, null, null);
insert into shop.orders (customer_id, total) values (1, 5.00), (1, 7.25), (2, 100.00);
create view shop.cities as select city, count(*) as customers from shop.customers group by city;
create procedure shop.two_results() begin select 1 as a; select 2 as b, 3 as c; end;
create function shop.doubled(n int) returns int deterministic return n * 2;
drop database if exists sbtest;
create database sbtest;
create user if not exists shop_gateway@'%';
alter user shop_gateway@'%' identified by 'shop-secret' require ssl;
grant all on shop.* to shop_gateway@'%';
grant all on sbtest.* to shop_gateway@'%';
create user if not exists shop_catalog@'%';
alter user shop_catalog@'%' identified by 'shop-secret' require ssl;
grant select, show view, trigger, event, execute on *.* to shop_catalog@'%';
