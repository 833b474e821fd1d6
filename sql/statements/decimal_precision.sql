-- $1: decimal_precision.name
select p.digits::text from :odoo.decimal_precision p where p.name = $1
