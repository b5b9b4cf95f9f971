//! The pages are small: what a browser has to load for all desks together, compressed.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use hall_client::desk::assets::ASSETS;

/// Bytes of all files together, each compressed by itself.
const MOST: usize = 150 * 1000;

#[test]
fn all_pages_together_take_less_than_150_kilobytes_compressed() {
    let compressed = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap().len()
    };
    let total: usize = ASSETS.iter().map(|asset| compressed(asset.bytes)).sum();
    assert!(total > 1000, "nothing was counted: {total}");
    assert!(total < MOST, "{total} bytes");
}
