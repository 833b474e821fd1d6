//! The models that questions are mostly about.

/// Sixty that people use: what the menus of the seed's applications open, and the lines, stages, types and places that the
/// records of those are read with. The first half is asked about more often than the second: it holds the most data.
pub const MODELS: [&str; 60] = [
    // sales and customers
    "sale.order",
    "sale.order.line",
    "crm.lead",
    "crm.stage",
    "crm.team",
    "crm.tag",
    "res.partner",
    "res.partner.category",
    "product.template",
    "product.product",
    "product.category",
    "product.pricelist",
    "product.pricelist.item",
    // money
    "account.move",
    "account.move.line",
    "account.journal",
    "account.account",
    "account.payment",
    "account.payment.term",
    "account.tax",
    "account.analytic.account",
    "account.analytic.line",
    // purchases and goods
    "purchase.order",
    "purchase.order.line",
    "stock.picking",
    "stock.picking.type",
    "stock.move",
    "stock.move.line",
    "stock.quant",
    "stock.location",
    "stock.warehouse",
    "stock.lot",
    // production
    "mrp.production",
    "mrp.bom",
    "mrp.bom.line",
    "mrp.workorder",
    "mrp.workcenter",
    // projects
    "project.project",
    "project.task",
    "project.task.type",
    "project.tags",
    // people
    "hr.employee",
    "hr.department",
    "hr.job",
    "hr.leave",
    "hr.leave.type",
    "hr.leave.allocation",
    // the shop
    "pos.order",
    "pos.order.line",
    "pos.session",
    "pos.config",
    "pos.payment",
    // everybody's
    "mail.message",
    "mail.activity",
    "calendar.event",
    "res.users",
    "res.company",
    "res.country",
    "res.currency",
    "uom.uom",
];
