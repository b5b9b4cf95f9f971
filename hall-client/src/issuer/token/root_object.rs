//! A root inside the token, and what it must be.

use cryptoki::object::{Attribute, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

use crate::issuer::error::KeyError;

/// What keeps a root inside: it cannot be read, and serves for nothing but derivation. A root that
/// encrypts would hand out the keys below it.
const PROTECTED: [(Attribute, &str); 7] = [
    (Attribute::Sensitive(true), "CKA_SENSITIVE"),
    (Attribute::Extractable(false), "CKA_EXTRACTABLE"),
    (Attribute::Derive(true), "CKA_DERIVE"),
    (Attribute::Encrypt(false), "CKA_ENCRYPT"),
    (Attribute::Decrypt(false), "CKA_DECRYPT"),
    (Attribute::Wrap(false), "CKA_WRAP"),
    (Attribute::Unwrap(false), "CKA_UNWRAP"),
];

/// Template of a new root: as [`find`] demands it.
pub(super) fn template(label: &str) -> Vec<Attribute> {
    vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::DES2),
        Attribute::Label(label.as_bytes().to_vec()),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Modifiable(false),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Derive(true),
        Attribute::Encrypt(false),
        Attribute::Decrypt(false),
        Attribute::Sign(false),
        Attribute::Verify(false),
        Attribute::Wrap(false),
        Attribute::Unwrap(false),
    ]
}

/// The one secret key of that label. In any session: handles belong to where they were found.
pub(super) fn find(session: &Session, label: &str) -> Result<ObjectHandle, KeyError> {
    let wanted = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::Token(true),
        Attribute::Label(label.as_bytes().to_vec()),
    ];
    let found = session.find_objects(&wanted);
    let found = found.map_err(KeyError::token("look for a root"))?;
    match found.as_slice() {
        [root] => Ok(*root),
        roots => Err(KeyError::TokenKeyNotFound {
            label: label.to_owned(),
            found: roots.len(),
        }),
    }
}

/// Refuses a root that could leave the token, serves for more than derivation, or is of another kind.
pub(super) fn checked(session: &Session, label: &str) -> Result<ObjectHandle, KeyError> {
    let root = find(session, label)?;
    let unfit = |attribute| KeyError::TokenKeyUnfit {
        label: label.to_owned(),
        attribute,
    };
    if !holds(session, root, &Attribute::KeyType(KeyType::DES2))? {
        return Err(unfit("CKA_KEY_TYPE"));
    }
    for (wanted, name) in PROTECTED {
        if !holds(session, root, &wanted)? {
            return Err(unfit(name));
        }
    }
    Ok(root)
}

fn holds(session: &Session, root: ObjectHandle, wanted: &Attribute) -> Result<bool, KeyError> {
    let asked = [wanted.attribute_type()];
    let got = session.get_attributes(root, &asked);
    let got = got.map_err(KeyError::token("look at a root"))?;
    Ok(got.first() == Some(wanted))
}
