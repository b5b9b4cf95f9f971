//! A failing dialogue made short: steps are taken out as long as it fails the same promise.

use super::step::Step;

/// Runs that a shrink may take.
const MOST_RUNS: usize = 400;

/// The shortest dialogue found that still fails (delta debugging: halves, quarters, single steps).
pub fn shrink(steps: &[Step], mut fails: impl FnMut(&[Step]) -> bool) -> Vec<Step> {
    let mut kept = steps.to_vec();
    let mut runs = 0;
    let mut chunk = kept.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        let mut shorter = false;
        while at < kept.len() && runs < MOST_RUNS {
            let end = (at + chunk).min(kept.len());
            let without: Vec<Step> = [kept.get(..at), kept.get(end..)]
                .into_iter()
                .flatten()
                .flatten()
                .cloned()
                .collect();
            runs += 1;
            if fails(&without) {
                kept = without;
                shorter = true;
            } else {
                at = end;
            }
        }
        if runs >= MOST_RUNS || (chunk == 1 && !shorter) {
            return kept;
        }
        chunk = (chunk / 2).max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_matter_goes_and_order_stays() {
        let steps: Vec<Step> = (0..97).map(|ms| Step::Wait { ms }).collect();
        let has = |steps: &[Step], ms| steps.contains(&Step::Wait { ms });
        let shrunk = shrink(&steps, |steps| has(steps, 13) && has(steps, 77));
        assert_eq!(shrunk, [Step::Wait { ms: 13 }, Step::Wait { ms: 77 }]);
    }
}
