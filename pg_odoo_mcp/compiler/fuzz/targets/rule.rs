#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| odoo_compiler_fuzz::rule(data));
