-- A registry of RUNS runs: each fifth is a training. Ids are a second apart, from 2001 on.
BEGIN;
CREATE TEMP TABLE n AS
  WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < RUNS)
  SELECT i, strftime('%Y%m%d-%H%M%S000-', 978307200 + i * 600, 'unixepoch') || printf('%08d', i) AS id,
    strftime('%Y-%m-%dT%H:%M:%S.000Z', 978307200 + i * 600, 'unixepoch') AS time, (i * 7919) % 1000003 / 1000003.0 AS chance
  FROM n;
INSERT INTO runs (id, stage, status, argv, version, cpu_target, host, user, pid, process_start, cwd, started_at, ended_at, wall_s)
  SELECT id, CASE i % 5 WHEN 0 THEN 'rnn-train' WHEN 1 THEN 'rnn-window' ELSE 'rnn-pad' END,
    CASE i % 50 WHEN 0 THEN 'failed' ELSE 'done' END,
    '["rnn-train","data.tensors.zst","--layers","lstm(64) dense(1)","-o","model.tensors.zst"]', '0.1.0', 'avx512', 'host',
    'user', 1, '', '/home/user/project', time, time, i % 100 FROM n;
INSERT INTO tags SELECT id, 'project', 'p' || (i / 5 % 1000) FROM n WHERE i % 5 = 0;
INSERT INTO params SELECT id, k.key, CASE k.key WHEN 'units' THEN 1 << (i / 5 % 8) WHEN 'rate' THEN round(chance / 100, 5)
    WHEN 'optimizer' THEN CASE i % 3 WHEN 0 THEN 'adam' ELSE 'sgd' END WHEN 'batch_size' THEN 32 ELSE 5 END
  FROM n, (SELECT column1 AS key FROM (VALUES ('units'), ('rate'), ('optimizer'), ('batch_size'), ('epochs'))) k
  WHERE i % 5 = 0;
INSERT INTO metrics SELECT id, k.key, s.column1, CASE WHEN k.key LIKE '%accuracy' THEN 1 - chance / s.column1
    ELSE chance / s.column1 + 0.0001 * s.column1 END
  FROM n, (SELECT column1 AS key FROM (VALUES ('loss'), ('accuracy'), ('val_loss'), ('val_accuracy'))) k,
    (VALUES (1), (2), (3), (4), (5)) s
  WHERE i % 5 = 0;
COMMIT;
