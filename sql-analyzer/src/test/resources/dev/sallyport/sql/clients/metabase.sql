# Metabase, schema synchronisation: found in the tests of datafusion-contrib/datafusion-postgres, commit 4c18f5ad (Apache-2.0).
# Above each statement the majors of the servers it was sent to.
%% 15 18
SET extra_float_digits = 2
%% 15 18
SET application_name = 'Metabase v0.55.1 [f8f63fdf-d8f8-4573-86ea-4fe4a9548041]'
%% 15 18
SHOW TRANSACTION ISOLATION LEVEL
%% 15 18
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ UNCOMMITTED
%% 15 18
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED
%% 15 18
show timezone
