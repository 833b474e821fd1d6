-- $1: origin, $2: program, $3: digest, $4: Odoo's registry signal. That facts were loaded, now and by this session.
insert into odoo_mcp_private.scan (origin, program, digest, registry_signal) values ($1, $2, $3, $4)
on conflict (is_only) do update
   set loaded_at = excluded.loaded_at, loaded_by = excluded.loaded_by, origin = excluded.origin, program = excluded.program,
       digest = excluded.digest, registry_signal = excluded.registry_signal
