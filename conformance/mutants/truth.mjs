// What PostgreSQL's own parsers (libpg_query 15 to 18, from npm) say about mutants of statements: one JSON line each,
//   {"sql", "version", "from", "kind", "rels": [...], "funcs": [...]}   or   {"sql", "refused": true}
// `version` and `from` are the newest and the oldest version that read it so; a text that two versions read differently gets two
// lines. `rels` are last name parts, references to common table expressions left out; `funcs` called functions as written.
//
//   npm ci && node truth.mjs --count 20000 --seed 1 [--slice 0] [--as-is] [--refused 0.1] [--older 0.1] FILE...
//
// FILE is .jsonl or .jsonl.gz (a "sql" in each line) or .sql (a statement a line; lines that begin
// with a blank or `--` are not statements).
// --slice N (0 to 127) begins 2^25 N random numbers later, so that slices of one seed never overlap; 20,000 mutants use a tenth.
// --as-is takes the statements themselves instead of mutants. --refused is the share of mutants kept that no version accepts.
// --older is the share of mutants refused by the newest version that the older ones are asked about: three times as fast.
import { readFileSync, writeSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

// Most mutants are refused, by four parsers; nobody reads where that was.
Error.stackTraceLimit = 0;

const VERSIONS = [18, 17, 16, 15];
const parsers = [];
for (const version of VERSIONS) {
  const module = await import(`libpg-query-${version}`);
  const parser = module.default ?? module;
  await parser.loadModule?.();
  parsers.push({ version, parse: parser.parseSync });
}

const options = { count: 20_000, seed: 1, slice: 0, asIs: false, refused: 1, older: 1, files: [] };
for (let i = 2; i < process.argv.length; i++) {
  const argument = process.argv[i];
  if (argument === '--count') options.count = Number(process.argv[++i]);
  else if (argument === '--seed') options.seed = Number(process.argv[++i]);
  else if (argument === '--older') options.older = Number(process.argv[++i]);
  else if (argument === '--slice') options.slice = Number(process.argv[++i]);
  else if (argument === '--refused') options.refused = Number(process.argv[++i]);
  else if (argument === '--as-is') options.asIs = true;
  else options.files.push(argument);
}

// ---------------------------------------------------------------- random, from a seed (mulberry32)

const STEP = 0x6d2b79f5;
const SLICE_DRAWS = 2 ** 25;
let state = (options.seed + Math.imul(options.slice * SLICE_DRAWS, STEP)) >>> 0;
function random() {
  state = (state + STEP) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = n => Math.floor(random() * n);
const pick = list => list[below(list.length)];

// ---------------------------------------------------------------- mutants

const TOKEN =
  /\s+|--[^\n\r]*|\/\*[^]*?\*\/|\$([A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$[^]*?\$\1\$|[eE]'(?:[^'\\]|\\[^]|'')*'|(?:[uU]&|[nNbBxX])?'(?:[^']|'')*'|(?:[uU]&)?"(?:[^"]|"")*"|[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*|\$\d+|(?:\d[\w]*\.?[\w]*|\.\d[\w]*)(?:[eE][+-]?\d+)?|::|:=|=>|\.\.|[-+*\/<>=~!@#%^&|`?]+|[^]/gy;

const tokensOf = new Map();
function tokens(sql) {
  let found = tokensOf.get(sql);
  if (found !== undefined) return found;
  tokensOf.set(sql, (found = []));
  for (const [token] of sql.matchAll(TOKEN)) if (!/^(\s|--|\/\*)/.test(token)) found.push(token);
  return found;
}

const EXTRA =
  'all and any array as asc at between by case cast check collate column create cross current_date default delete desc distinct do else end except exists false fetch filter first following for from full function group having ilike in inner insert intersect into is isnull join last lateral left like limit materialized merge natural new not notnull null nulls of offset old on only or order outer over overlaps partition primary range recursive references returning right row rows select set similar some table then to true type union unique update user using value values variadic view when where window with within xmlelement json_table'
    .split(' ').concat(['(', ')', ',', ';', '.', '*', '=', '::', '[', ']', ':', '+', '-', '1', "'x'", '$1', 't', '"T"']);

function mutate(bases) {
  const list = [...tokens(pick(bases))];
  if (list.length === 0) return '';
  for (let n = 1 + below(3); n > 0 && list.length > 0; n--) {
    const at = below(list.length);
    switch (below(7)) {
      case 0:
        list.splice(at, 1 + below(3));
        break;
      case 1:
        list.splice(at, 0, list[at]);
        break;
      case 2: {
        const other = below(list.length);
        [list[at], list[other]] = [list[other], list[at]];
        break;
      }
      case 3:
        list.splice(at, random() < 0.5 ? 1 : 0, pick(EXTRA));
        break;
      case 4: {
        // A piece of another statement.
        const other = tokens(pick(bases));
        const from = below(other.length);
        list.splice(at, below(2), ...other.slice(from, from + 1 + below(6)));
        break;
      }
      case 5:
        list.splice(at, 0, ...list.slice(at, at + 2 + below(4)));
        break;
      default: {
        const other = below(list.length);
        const moved = list.splice(at, 1 + below(4));
        list.splice(Math.min(other, list.length), 0, ...moved);
      }
    }
  }
  return list.join(' ');
}

// ---------------------------------------------------------------- truth

const NONE = new Set();
const WRITES = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

function truth(tree) {
  const rels = new Set();
  const funcs = new Set();
  const kinds = new Set();
  for (const { stmt } of tree.stmts ?? []) {
    const kind = Object.keys(stmt)[0];
    kinds.add(kind);
    walk(stmt, '', NONE);
  }
  return { kind: [...kinds].sort().join(' '), rels: [...rels].sort(), funcs: [...funcs].sort() };

  function walk(value, key, ctes) {
    if (Array.isArray(value)) {
      for (const item of value) walk(item, key, ctes);
      return;
    }
    if (value === null || typeof value !== 'object') return;
    if (value.relname !== undefined && value.relpersistence !== undefined) {
      // A write's target is never a common table expression.
      if (key === '!' || value.schemaname !== undefined || !ctes.has(value.relname)) rels.add(value.relname);
      return;
    }
    if (Array.isArray(value.funcname) && value.funcformat !== undefined)
      funcs.add(value.funcname.map(part => part.String.sval).join('.'));
    let scope = ctes;
    if (value.withClause) scope = withClause(value.withClause, ctes);
    for (const [name, part] of Object.entries(value)) {
      if (name === 'withClause' || name === 'lockedRels') continue;
      const target = (name === 'relation' && WRITES.has(key)) || (name === 'rel' && key === 'intoClause');
      walk(part, target ? '!' : name, scope);
    }
  }

  function withClause(clause, ctes) {
    const scope = new Set(ctes);
    const tables = clause.ctes.map(cte => cte.CommonTableExpr);
    if (clause.recursive) for (const table of tables) scope.add(table.ctename);
    for (const table of tables) {
      walk(table, '', new Set(scope));
      scope.add(table.ctename);
    }
    return scope;
  }
}

// The distinct truths about one text, newest first.
function judge(sql) {
  const answers = [];
  for (const { version, parse } of parsers) {
    let found;
    try {
      found = truth(parse(sql));
    } catch {
      if (version === VERSIONS[0] && options.older < 1 && random() >= options.older) break;
      continue;
    }
    const same = answers.find(answer => ['kind', 'rels', 'funcs'].every(
      key => JSON.stringify(answer[key]) === JSON.stringify(found[key])));
    if (same !== undefined) same.from = version;
    else answers.push({ sql, version, from: version, ...found });
  }
  return answers.length > 0 ? answers : [{ sql, refused: true }];
}

// ---------------------------------------------------------------- run

const bases = options.files.flatMap(file => {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return file.includes('.jsonl')
    ? text.split('\n').filter(line => line !== '').map(line => JSON.parse(line).sql)
    : text.split('\n').filter(line => /^[^\s-]/.test(line));
}).filter(sql => sql && sql.length < 2_000);

const seen = new Set();
let out = '';
let written = 0;
const put = answer => {
  out += JSON.stringify(answer) + '\n';
  written++;
  if (out.length > 60_000) flush();
};
function flush() {
  for (let bytes = Buffer.from(out); bytes.length > 0; ) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
  out = '';
}

if (options.asIs) {
  for (const sql of bases) judge(sql).forEach(put);
} else {
  while (written < options.count) {
    const sql = mutate(bases);
    if (sql === '' || seen.has(sql)) continue;
    seen.add(sql);
    const answers = judge(sql);
    if (answers[0].refused && random() >= options.refused) continue;
    answers.forEach(put);
  }
}
flush();
