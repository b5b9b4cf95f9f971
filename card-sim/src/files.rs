//! Files of the card: names, records, access conditions and the layout of each generation
//! (人社信息函〔2012〕37号; LD/T 32.3).

mod access;
mod content;
mod field;
mod identity;
pub mod key;
mod layout;

pub use access::Access;
pub use content::{Content, Record};
pub use identity::{Application, FileId, KeyId, NameError};
pub use layout::{Ef, FileTree, Generation};

/// Name of the social security environment: "sx1.sh.社会保障" in GBK.
pub const SSSE_NAME: [u8; 15] = [
    0x73, 0x78, 0x31, 0x2E, 0x73, 0x68, 0x2E, 0xC9, 0xE7, 0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF,
];

/// File identifier of the MF.
pub const MF_ID: [u8; 2] = [0x3F, 0x00];

/// SFI of the directory EF that the FCI names in tag 88.
pub const DIRECTORY_SFI: u8 = 0x1E;
