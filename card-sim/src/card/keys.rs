//! The keys on the card (LD/T 33), derived from the persona's roots.

use std::collections::{BTreeMap, BTreeSet};

use crate::crypto::{Factors, Key, card_key};
use crate::files::key::{BK, IRK, PUK, RKSSSE, STK, UKSSSE};
use crate::files::{Access, Application, FileTree, KeyId};
use crate::persona::Persona;

/// Key identifier of a DF's STK.
const STK_OF_DF: u8 = 0x82;
/// Key identifier of LKDF03 and LKDF04, right to APPLICATION BLOCK of that DF.
const LOCK_OF_DF: u8 = 0x83;

/// All keys of one card. Wiped on drop by the key type.
pub(super) struct Keyring {
    keys: BTreeMap<KeyId, Key>,
    external: BTreeSet<KeyId>,
}

impl Keyring {
    /// Card keys from the persona's roots through L1, L2 and L3.
    pub(super) fn derive(persona: &Persona, files: &FileTree) -> Self {
        let external = external_keys(files);
        let suite = persona.suite();
        let factors = Factors::new(persona.issuer.city_code(), persona.reset.card_factor());
        let internal = files
            .applications()
            .iter()
            .filter_map(|application| internal_keys(*application));
        let all = internal.flatten().chain(external.iter().copied());
        let derive = |id| {
            let root = persona.keys.roots.get(suite, id)?;
            Some((id, card_key(suite, &root, &factors)))
        };
        Self {
            keys: all.filter_map(derive).collect(),
            external,
        }
    }

    /// A key by its name.
    pub(super) fn get(&self, key: KeyId) -> Option<&Key> {
        self.keys.get(&key)
    }

    /// The keys that EXTERNAL AUTHENTICATION knows.
    pub(super) fn external(&self) -> impl Iterator<Item = KeyId> {
        self.external.iter().copied()
    }

    /// Whether EXTERNAL AUTHENTICATION knows the key.
    pub(super) fn is_external(&self, key: KeyId) -> bool {
        self.external.contains(&key)
    }
}

/// The STK under which an application is maintained: its own, or that of the environment.
pub(super) fn maintenance_key(application: Application) -> KeyId {
    match application {
        Application::Mf | Application::Ssse => STK,
        Application::Df01
        | Application::Df02
        | Application::Df03
        | Application::Df04
        | Application::Df07 => KeyId {
            application,
            kid: STK_OF_DF,
        },
    }
}

/// The key whose right allows APPLICATION BLOCK of an application, where there is one.
pub(super) fn block_key(application: Application) -> Option<KeyId> {
    match application {
        Application::Ssse => Some(BK),
        Application::Df03 | Application::Df04 => Some(KeyId {
            application,
            kid: LOCK_OF_DF,
        }),
        Application::Mf | Application::Df01 | Application::Df02 | Application::Df07 => None,
    }
}

/// Keys for the card's own computations. LD/T 33 names no STK for DF07.
fn internal_keys(application: Application) -> Option<Vec<KeyId>> {
    match application {
        Application::Ssse => Some(vec![IRK, STK]),
        Application::Df01 | Application::Df02 | Application::Df03 | Application::Df04 => {
            Some(vec![maintenance_key(application)])
        }
        Application::Mf | Application::Df07 => None,
    }
}

/// Keys of the environment, lock keys, and every key an access condition names.
fn external_keys(files: &FileTree) -> BTreeSet<KeyId> {
    let has_environment = files.applications().contains(&Application::Ssse);
    let global = [UKSSSE, BK, PUK, RKSSSE]
        .into_iter()
        .filter(|_| has_environment);
    let lock = files
        .applications()
        .iter()
        .filter_map(|application| block_key(*application));
    let named = files.iter().flat_map(|(file, ef)| {
        let kids = [ef.read, ef.write].into_iter().filter_map(named_key);
        kids.map(move |kid| KeyId::resolve(file.application, kid))
    });
    global.chain(lock).chain(named).collect()
}

fn named_key(access: Access) -> Option<u8> {
    match access {
        Access::Key(kid) | Access::PinOrKey(kid) | Access::PinAndKey(kid) => Some(kid),
        Access::Free | Access::Never | Access::Pin => None,
    }
}
