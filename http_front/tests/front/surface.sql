-- Stand-ins for the functions that the front calls, with a tool for each way a call can end.
create schema odoo_mcp;

-- committed before the tool runs, as the real admit() does
create table odoo_mcp.attempt (call_id uuid primary key, tool text, arguments text, client inet);
create table odoo_mcp.outcome (call_id uuid primary key);

-- Odoo API keys that were made, and what the front reported of calls that were handed on
create table odoo_mcp.minted (number int generated always as identity, call_id uuid, front uuid);
create table odoo_mcp.completed (call_id uuid primary key, outcome json);

-- for an error that comes only with the COMMIT, after the row has been sent
create table odoo_mcp.parent (id int primary key);
create table odoo_mcp.child (id int references odoo_mcp.parent deferrable initially deferred);

create function odoo_mcp.is_known(token_hash bytea) returns boolean language sql as $$
  select token_hash = sha256(('omcp_' || repeat('a', 43))::bytea)
$$;

create function odoo_mcp.health() returns jsonb language sql as $$
  select '{"extension_version": "9.9.9", "library_version": "9.9.9", "is_set_up": true, "is_front": true, "problem": null}'::jsonb
$$;

create function odoo_mcp.list_tools() returns text language sql as $$
  select '{"tools": [{"name": "echo", "description": "says it again", "inputSchema": {"type": "object"},
                      "annotations": {"readOnlyHint": true}}],
           "instructions": "ask and you will be answered"}'
$$;

create function odoo_mcp.authenticate(token_hash bytea, client_address inet) returns text language sql as $$
  select case when odoo_mcp.is_known(token_hash) then '{"ok": true}' else '{"refused": {"reason": "unauthorized"}}' end
$$;

create function odoo_mcp.delegation_key(call_id uuid, front uuid) returns text language plpgsql as $$
declare
  wish json := (select arguments from odoo_mcp.attempt a where a.call_id = delegation_key.call_id);
  made int;
begin
  if wish ->> 'no_key' is not null then
    return json_build_object('error', json_build_object('code', 'not_permitted', 'message', wish ->> 'no_key'));
  end if;
  if wish ->> 'refused' is not null then
    return '{"refused": {"reason": "' || (wish ->> 'refused') || '", "retry_after": 7}}';
  end if;
  insert into odoo_mcp.minted (call_id, front) values (delegation_key.call_id, delegation_key.front) returning number into made;
  perform pg_sleep(coalesce((wish ->> 'minting')::float8, 0));
  return json_build_object('key', json_build_object(
    'secret', 'feed' || lpad(made::text, 36, '0'), 'expires_in', coalesce((wish ->> 'expires_in')::int, 600)));
end
$$;

create function odoo_mcp.complete(call_id uuid, outcome text) returns text language plpgsql as $$
begin
  insert into odoo_mcp.completed values (call_id, outcome::json);
  if outcome like '%unauthorized%' then
    return '{"refused": {"reason": "unauthorized"}}';
  end if;
  return '{"result": {"outcome": ' || outcome || '}}';
end
$$;

create procedure odoo_mcp.serve(
  call_id uuid, token_hash bytea, client_address inet, tool text, arguments text, inout answer text
) language plpgsql as $$
begin
  if not odoo_mcp.is_known(token_hash) then
    answer := '{"refused": {"reason": "unauthorized"}}';
    return;
  end if;
  insert into odoo_mcp.attempt values (call_id, tool, arguments, client_address);
  commit;
  case tool
    when 'echo' then
      answer := '{"result": {"arguments": ' || arguments || ', "backend": ' || pg_backend_pid() || '}}';
    when 'delegate' then
      answer := '{"delegate": ' || (arguments::json ->> 'delegation') || '}';
    when 'sleep' then
      perform pg_sleep((arguments::json ->> 'seconds')::float8);
      answer := '{"result": {"slept": true}}';
    when 'refuse' then
      answer := '{"error": {"code": "unknown_model", "message": "no model named x", "hint": "did you mean y?"}}';
    when 'limit' then
      answer := '{"refused": {"reason": "rate_limited", "retry_after": 7}}';
    when 'pause' then
      answer := '{"refused": {"reason": "paused", "retry_after": 7}}';
    when 'raise' then
      raise exception 'a text of the server that nobody may see';
    when 'fail' then
      raise exception using errcode = arguments::json ->> 'sqlstate', message = 'a text of the server that nobody may see';
    when 'cancel' then
      perform pg_cancel_backend(pg_backend_pid());
      perform pg_sleep(1);
    when 'terminate' then
      perform pg_terminate_backend(pg_backend_pid());
      perform pg_sleep(1);
    when 'late' then
      answer := '{"result": {"must": "not be seen"}}';
      insert into odoo_mcp.child values (1);
    when 'nothing' then
      answer := null;
    else
      answer := '{"error": {"code": "unknown_tool", "message": "no tool named ' || tool || '"}}';
  end case;
  insert into odoo_mcp.outcome values (call_id);
end
$$;
