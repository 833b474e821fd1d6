//! The modules under some folders, and the order in which Odoo loads them.
