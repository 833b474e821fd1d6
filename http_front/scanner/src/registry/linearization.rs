//! The order in which Python looks through a class and those that it is derived from.

use std::collections::HashMap;
use std::hash::Hash;

/// Python's merge of the orders of a class's bases and of the list of them, which is the last one;
/// nothing where there is no order that keeps to all, which Python refuses.
pub(super) fn merge<N: Copy + Eq + Hash>(mut orders: Vec<Vec<N>>) -> Option<Vec<N>> {
    // from the back, so that taking the first is cheap
    for order in &mut orders {
        order.reverse();
    }
    orders.retain(|order| !order.is_empty());
    // how often each stands behind another one
    let mut behind: HashMap<N, usize> = HashMap::new();
    for order in &orders {
        for node in &order[..order.len() - 1] {
            *behind.entry(*node).or_default() += 1;
        }
    }
    let mut merged = Vec::new();
    while !orders.is_empty() {
        let heads = orders.iter().filter_map(|order| order.last().copied());
        let next = heads
            .into_iter()
            .find(|head| behind.get(head).copied().unwrap_or(0) == 0)?;
        merged.push(next);
        for order in &mut orders {
            if order.last() == Some(&next) {
                order.pop();
                if let Some(head) = order.last() {
                    *behind.entry(*head).or_default() -= 1;
                }
            }
        }
        orders.retain(|order| !order.is_empty());
    }
    Some(merged)
}

#[cfg(test)]
mod tests {
    use super::merge;

    #[test]
    fn the_order_is_that_of_python() {
        // class O; class A(O); class B(O); class C(A, B)
        let merged = merge(vec![vec!['A', 'O'], vec!['B', 'O'], vec!['A', 'B']]);
        assert_eq!(merged, Some(vec!['A', 'B', 'O']));
        // class X(A, B); class Y(B, A); class Z(X, Y): a TypeError
        let orders = vec![vec!['X', 'A', 'B'], vec!['Y', 'B', 'A'], vec!['X', 'Y']];
        assert_eq!(merge(orders), None);
    }
}
