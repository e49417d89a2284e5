-- What auditors read, version 1: one view for each question, in schema public, so that no name needs a prefix.

create or replace view public.statements as
select i.time,
       i.person,
       i.document #>> '{event,database}' as database,
       i.document #>> '{event,decision}' as decision,
       i.document #>> '{event,kind}' as kind,
       i.document #>> '{event,sql}' as sql,
       log.relations(log.texts(i.document #> '{event,accesses}')) as relations,
       log.texts(i.document #> '{event,accesses}') as accesses,
       log.texts(i.document #> '{event,rules}') as rules,
       i.document #>> '{event,reason}' as reason,
       o.document #>> '{event,status}' as outcome,
       o.document #>> '{event,sqlState}' as sqlstate,
       nullif(log.number(o.document #> '{event,rows}'), -1) as rows,
       log.number(o.document #> '{event,bytes}') as bytes,
       log.number(o.document #> '{event,micros}') * interval '1 microsecond' as duration,
       log.address(i.document #>> '{event,client}') as client,
       i.session,
       i.statement,
       i.document #>> '{event,protocolMessage}' as message,
       log.texts(i.document #> '{event,parameterTypes}') as parameter_types,
       i.document #>> '{event,upstream}' as upstream,
       i.document #>> '{event,policyVersion}' as policy_version,
       i.origin,
       i.sequence,
       o.sequence as outcome_sequence,
       i.document -> 'event' as event
from log.entry i
left join log.entry o
  on o.origin = i.origin and o.session = i.session and o.statement = i.statement and o.type = 'statement-outcome'
where i.type = 'statement-intent';
comment on view public.statements is 'Every statement that somebody sent: what was wanted, what was decided, and what came of it. Literals are replaced by ?';
comment on column public.statements.time is 'When it was decided, by the gateway''s clock';
comment on column public.statements.person is 'Who sent it';
comment on column public.statements.database is 'On which database, by the gateway''s name for it';
comment on column public.statements.decision is 'permit or deny';
comment on column public.statements.kind is 'As SELECT; null when it was not understood';
comment on column public.statements.sql is 'The statement with ? for each literal; null when it was not understood';
comment on column public.statements.relations is 'The tables, views, functions and other objects it touches: ''public.patients'' = any (relations)';
comment on column public.statements.accesses is 'What it does with each, down to the columns: select public.patients (city, id)';
comment on column public.statements.rules is 'The ids of the policy''s rules that counted';
comment on column public.statements.reason is 'Why it was denied';
comment on column public.statements.outcome is 'completed, failed, cancelled, suspended, skipped or unknown; null for a denial, and while it runs';
comment on column public.statements.sqlstate is 'Of the error, when it failed';
comment on column public.statements.rows is 'As the server counted them; null where it does not';
comment on column public.statements.bytes is 'Of results sent to the client';
comment on column public.statements.duration is 'From being sent on to its end';
comment on column public.statements.client is 'The address it came from';
comment on column public.statements.session is 'Which session, see sessions';
comment on column public.statements.statement is 'The statement''s number within its session, from 1';
comment on column public.statements.message is 'The protocol''s message that carried it: Query, Parse, Bind, Execute';
comment on column public.statements.parameter_types is 'Types of its parameters, never their values';
comment on column public.statements.upstream is 'The server, database and role it was meant for';
comment on column public.statements.policy_version is 'Version of the policies that decided';
comment on column public.statements.origin is 'Which gateway''s log';
comment on column public.statements.sequence is 'Its place in that log: sallyport audit prove --sequence';
comment on column public.statements.outcome_sequence is 'The place of what came of it';
comment on column public.statements.event is 'Everything that was recorded of it';

create or replace view public.sessions as
select s.time as started,
       e.time as ended,
       s.person,
       s.document #>> '{event,database}' as database,
       log.address(s.document #>> '{event,client}') as client,
       s.document #>> '{event,applicationName}' as application,
       e.document #>> '{event,cause}' as cause,
       log.number(e.document #> '{event,statements}') as statements,
       log.number(e.document #> '{event,bytes}') as bytes,
       log.number(e.document #> '{event,seconds}') * interval '1 second' as duration,
       s.document #>> '{event,upstream}' as upstream,
       s.session,
       s.origin,
       s.sequence,
       e.sequence as end_sequence
from log.entry s
left join log.entry e on e.origin = s.origin and e.session = s.session and e.type = 'session-ended'
where s.type = 'session-started';
comment on view public.sessions is 'Every session from its start to its end';
comment on column public.sessions.started is 'When';
comment on column public.sessions.ended is 'When; null while it lasts, or when the gateway was lost before';
comment on column public.sessions.person is 'Whose';
comment on column public.sessions.database is 'On which database, by the gateway''s name for it';
comment on column public.sessions.client is 'The address it came from';
comment on column public.sessions.application is 'What the client called itself';
comment on column public.sessions.cause is 'What ended it';
comment on column public.sessions.statements is 'How many statements it sent';
comment on column public.sessions.bytes is 'Of results sent to the client';
comment on column public.sessions.duration is 'How long it lasted';
comment on column public.sessions.upstream is 'The server, database and role it was connected to';
comment on column public.sessions.session is 'Its name, as in statements';
comment on column public.sessions.origin is 'Which gateway''s log';
comment on column public.sessions.sequence is 'The place of its start in that log';
comment on column public.sessions.end_sequence is 'The place of its end';

create or replace view public.logins as
select e.time,
       e.person,
       e.type = 'login-succeeded' as succeeded,
       log.address(e.document #>> '{event,client}') as client,
       log.texts(e.document #> '{event,roles}') as roles,
       e.document #>> '{event,reason}' as reason,
       e.document #>> '{event,method}' as method,
       e.document #>> '{event,tls}' as tls,
       e.document #>> '{event,listener}' as listener,
       e.session,
       e.origin,
       e.sequence
from log.entry e
where e.type in ('login-succeeded', 'login-failed');
comment on view public.logins is 'Every attempt to log in';
comment on column public.logins.time is 'When';
comment on column public.logins.person is 'Who; null for an unknown name, which may be a mistyped password';
comment on column public.logins.succeeded is 'Whether it succeeded';
comment on column public.logins.client is 'The address it came from';
comment on column public.logins.roles is 'The roles that the person had';
comment on column public.logins.reason is 'Why it failed';
comment on column public.logins.method is 'How it was proven';
comment on column public.logins.tls is 'The connection''s protection';
comment on column public.logins.listener is 'Where the gateway was reached';
comment on column public.logins.session is 'The session that followed, as in sessions';
comment on column public.logins.origin is 'Which gateway''s log';
comment on column public.logins.sequence is 'Its place in that log';

create or replace view public.policy_changes as
select e.time,
       e.type = 'policy-loaded' as loaded,
       e.document #>> '{event,version}' as version,
       e.document #>> '{event,previousVersion}' as previous_version,
       log.texts(e.document #> '{event,changes}') as changes,
       log.texts(e.document #> '{event,errors}') as errors,
       log.texts(e.document #> '{event,files}') as files,
       e.origin,
       e.sequence
from log.entry e
where e.type in ('policy-loaded', 'policy-rejected');
comment on view public.policy_changes is 'Every set of policies that came into force, and every one that was rejected';
comment on column public.policy_changes.time is 'When';
comment on column public.policy_changes.loaded is 'False: it had errors, and the one before stayed in force';
comment on column public.policy_changes.version is 'Of the set, as statements.policy_version';
comment on column public.policy_changes.previous_version is 'Of the set before';
comment on column public.policy_changes.changes is 'What differs from the set before, in words';
comment on column public.policy_changes.errors is 'Why it was rejected';
comment on column public.policy_changes.files is 'The policies'' files';
comment on column public.policy_changes.origin is 'Which gateway''s log';
comment on column public.policy_changes.sequence is 'Its place in that log';

create or replace view public.access_requests as
select e.time,
       e.person,
       e.type as what,
       e.document -> 'event' as event,
       e.session,
       e.origin,
       e.sequence
from log.entry e
where e.type like 'access-%' or e.type like 'approval-%' or e.type like 'break-glass%';
comment on view public.access_requests is 'Requests for access, what became of them, and emergency access. Empty as long as the gateway knows none';
comment on column public.access_requests.time is 'When';
comment on column public.access_requests.person is 'Who did it';
comment on column public.access_requests.what is 'What happened: the entry''s type';
comment on column public.access_requests.event is 'Everything that was recorded of it';
comment on column public.access_requests.session is 'In which session';
comment on column public.access_requests.origin is 'Which gateway''s log';
comment on column public.access_requests.sequence is 'Its place in that log';

create or replace view public.log_reads as
select e.time,
       e.person,
       'command'::text as through,
       e.document #>> '{event,command}' as what,
       log.number(e.document #> '{event,entries}') as rows,
       null::text as decision,
       e.session,
       e.origin,
       e.sequence
from log.entry e
where e.type = 'log-read'
union all
select s.time,
       s.person,
       s.database,
       s.sql,
       s.rows,
       s.decision,
       s.session,
       s.origin,
       s.sequence
from public.statements s
where exists (
  select from log.source c
  where c.origin = s.origin and c.offered_as = s.database and c.offered_as <> '');
comment on view public.log_reads is 'Who read the log itself: by a command of the gateway, or in this database through the gateway. Reading this view is among it';
comment on column public.log_reads.time is 'When';
comment on column public.log_reads.person is 'Who';
comment on column public.log_reads.through is 'command, or the gateway''s name for this database';
comment on column public.log_reads.what is 'The command, or the statement';
comment on column public.log_reads.rows is 'How many rows or entries were read';
comment on column public.log_reads.decision is 'permit or deny, for a statement';
comment on column public.log_reads.session is 'In which session';
comment on column public.log_reads.origin is 'Which gateway''s log';
comment on column public.log_reads.sequence is 'Its place in that log';
