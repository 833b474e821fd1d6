//! Models that people ask for, and what else they call them. They are named to everybody: every Odoo
//! may have them.

use super::{Wanted, nearest, shortened};

/// By name, with what people call their records, most of all first, parted by commas.
pub(crate) const KNOWN_MODELS: &[(&str, &str)] = &[
    ("account.account", "ledger account, chart of accounts"),
    ("account.analytic.account", "cost center"),
    ("account.analytic.line", "timesheet, timesheet line, cost"),
    (
        "account.bank.statement.line",
        "bank transaction, transaction",
    ),
    ("account.journal", ""),
    (
        "account.move",
        "invoice, bill, customer invoice, vendor bill, credit note, refund, receipt, payment",
    ),
    (
        "account.move.line",
        "invoice line, bill line, accounting entry",
    ),
    ("account.payment", "payment"),
    ("account.payment.term", ""),
    ("account.tax", "vat"),
    ("calendar.event", "meeting, appointment, event"),
    ("crm.lead", "lead, opportunity, deal, pipeline"),
    ("crm.lost.reason", ""),
    ("crm.stage", ""),
    ("crm.tag", ""),
    ("crm.team", "sales team"),
    ("hr.department", ""),
    ("hr.employee", "employee, staff, worker"),
    ("hr.job", "position"),
    ("hr.leave", "leave, holiday, absence, vacation, time off"),
    ("mail.activity", "activity, reminder, task"),
    ("mail.message", "email, note, comment, chatter"),
    ("mrp.bom", "bill of materials, recipe"),
    ("mrp.production", "manufacturing order, production"),
    ("mrp.workorder", ""),
    ("pos.order", "point of sale order, ticket"),
    ("pos.order.line", ""),
    ("pos.session", ""),
    ("product.category", ""),
    ("product.pricelist", ""),
    ("product.product", "product, variant, article, item, sku"),
    ("product.supplierinfo", "vendor price"),
    ("product.template", "product, article, item"),
    ("project.milestone", ""),
    ("project.project", ""),
    ("project.task", "task, ticket, todo"),
    ("project.task.type", "stage, task stage"),
    ("purchase.order", "purchase, rfq, request for quotation"),
    ("purchase.order.line", ""),
    ("res.company", ""),
    ("res.country", ""),
    ("res.country.state", "province, region"),
    ("res.currency", ""),
    ("res.currency.rate", "exchange rate"),
    (
        "res.partner",
        "customer, vendor, supplier, client, contact, address, person",
    ),
    ("res.partner.bank", "iban, bank account"),
    ("res.partner.category", "tag, contact tag"),
    ("res.partner.industry", ""),
    ("res.users", "user, login, salesperson"),
    ("sale.order", "order, sale, sales order, quotation, revenue"),
    ("sale.order.line", ""),
    ("stock.location", "bin, shelf"),
    ("stock.lot", "serial number, batch"),
    ("stock.move", ""),
    ("stock.move.line", ""),
    ("stock.picking", "delivery, transfer, receipt, shipment"),
    ("stock.picking.type", "operation type"),
    ("stock.quant", "stock, inventory, on hand"),
    ("stock.warehouse", ""),
    ("uom.uom", "unit of measure, unit"),
    ("utm.campaign", ""),
    ("utm.medium", ""),
    ("utm.source", ""),
];

/// The three that somebody may mean who writes this for a model's name, best first: a name that is misspelt, or words for
/// what is in it.
pub(crate) fn known_models(written: &str) -> Vec<&'static str> {
    let near = || nearest(written, KNOWN_MODELS.iter().map(|(model, _)| *model), 3);
    let meant = || {
        let wanted = Wanted::new(&shortened(written));
        let mut scored: Vec<(f64, &str)> = KNOWN_MODELS
            .iter()
            .filter_map(|(model, also)| Some((wanted.score(&[model], also)?, *model)))
            .collect();
        scored.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.cmp(other)));
        let models = scored.into_iter().take(3).map(|(_, model)| model);
        models.collect::<Vec<&str>>()
    };
    let (first, second): (&dyn Fn() -> _, &dyn Fn() -> _) = match written.contains('.') {
        true => (&near, &meant),
        false => (&meant, &near),
    };
    let found = first();
    if found.is_empty() { second() } else { found }
}
