//! What may not be left out at a counter, without a card.

use super::machine::Action;

#[test]
fn no_part_of_the_checklist_may_be_left_out() {
    let whole = serde_json::json!({
        "act": "apply", "operation": "UNBLOCK", "reason": "BLOCKED", "holder_number": "1",
        "holder_original_seen": true, "agent": false, "agent_number": "", "agent_original_seen": false,
    });
    let reads = |value: &serde_json::Value| serde_json::from_value::<Action>(value.clone()).is_ok();
    assert!(reads(&whole));
    for field in whole.as_object().unwrap().keys() {
        let mut partial = whole.clone();
        partial.as_object_mut().unwrap().remove(field);
        assert!(!reads(&partial), "{field}");
    }
}
