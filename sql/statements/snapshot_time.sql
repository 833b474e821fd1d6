-- When the snapshot that a call reads in was taken, to the second before. A transaction that keeps one snapshot took it when it
-- began; a procedure's statement may have begun before its transaction.
select pg_catalog.to_char(pg_catalog.timezone('UTC',
           case when pg_catalog.current_setting('transaction_isolation') in ('repeatable read', 'serializable')
                then pg_catalog.transaction_timestamp()
                else greatest(pg_catalog.transaction_timestamp(), pg_catalog.statement_timestamp()) end),
           'YYYY-MM-DD HH24:MI:SS "UTC"')
