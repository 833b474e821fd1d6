//! Several questions in one `odoo_batch`: what it refuses because only Odoo answers it is asked alone.

use serde_json::{Value, json};

use super::question::Question;
use super::verdict::Verdict;
use crate::mcp::{McpClient, ToolAnswer};
use crate::odoo::OdooClient;

/// What came of each question, and whether the batch itself answered it.
pub fn ask(questions: &[Question], mcp: &mut McpClient, odoo: &OdooClient) -> Vec<(Verdict, bool)> {
    let calls: Vec<Value> = questions
        .iter()
        .map(|question| {
            let (tool, arguments) = question.call();
            json!({"tool": tool, "arguments": arguments})
        })
        .collect();
    let answer = mcp
        .call_tool("odoo_batch", &json!({"calls": calls}))
        .result();
    let results = answer["results"].as_array().cloned().unwrap_or_default();
    assert_eq!(results.len(), questions.len(), "{answer}");
    questions
        .iter()
        .zip(results)
        .map(|(question, content)| {
            let is_error = content.get("error").is_some();
            if is_error && content["error"]["code"] == "not_supported" {
                return (question.ask(mcp, odoo), false);
            }
            (
                question.judge(&ToolAnswer { is_error, content }, odoo),
                true,
            )
        })
        .collect()
}
