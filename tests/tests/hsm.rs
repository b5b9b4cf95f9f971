//! The issuer's keys in an HSM: SoftHSM, which speaks PKCS#11 as any other.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::process::{Command, Output};

use cardd_tests::{
    desk::typed,
    softhsm::{MODULE, SoftHsm, USER_PIN, VARIABLE},
};
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    types::AuthPin,
};
use hall_client::issuer::{
    AuthenticationData, CardAnswer, CardFactors, Challenge, CipherSuite, IssuedValue, IssuerKeys,
    KeyKind, TokenKeys,
};
use serde_json::Value;

/// Runs an ignored test of this file in a process of its own that finds the token.
fn alone(hsm: &SoftHsm, test: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored"]);
    command.env("HSM_FILE", hsm.file());
    hsm.lend(&mut command);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

fn check(hsm: &SoftHsm) -> Output {
    let file = hsm.file();
    hsm.hall(["--json", "issuer", "check-keys", "--hsm"])
        .unwrap()
        .arg(file)
        .output()
        .unwrap()
}

/// What `hall issuer check-keys` says of a token that it refuses.
fn refused(hsm: &SoftHsm) -> Value {
    let output = check(hsm);
    assert_eq!(output.status.code(), Some(12));
    serde_json::from_slice(&output.stderr).unwrap()
}

#[test]
fn every_des_vector_comes_out_of_the_token_and_no_key_does() {
    let hsm = SoftHsm::with_roots("").unwrap();
    alone(&hsm, "in_a_process_of_its_own");
}

#[test]
#[ignore = "started by every_des_vector_comes_out_of_the_token_and_no_key_does"]
fn in_a_process_of_its_own() {
    assert!(std::env::var_os(VARIABLE).is_some());
    let file = std::env::var_os("HSM_FILE").unwrap();
    let keys = TokenKeys::open(file.as_ref(), None).unwrap();
    every_vector(&keys);
    no_key_can_be_read(&keys);
    let sm4 = keys.session_key(
        KeyKind::PinUnblock,
        CipherSuite::Sm4,
        &factors(),
        &Challenge::new(&[1; 8]).unwrap(),
    );
    let Err(error) = sm4 else {
        panic!("SM4 in a token that has none");
    };
    assert!(error.to_string().contains("SM4"), "{error}");
}

fn vectors() -> Value {
    serde_json::from_str(include_str!(
        "../../card-sim/vectors/social-security-card.json"
    ))
    .unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn factors() -> CardFactors {
    let inputs = &vectors()["inputs"];
    let city = inputs["city_code"].as_str().unwrap().parse().unwrap();
    CardFactors::new(city, &bytes(&inputs["historical_bytes"])).unwrap()
}

fn every_vector(keys: &TokenKeys) {
    let (vectors, des) = (vectors(), CipherSuite::Des);
    let challenge = |name: &str| Challenge::new(&bytes(&vectors["inputs"][name])).unwrap();
    let (factor, stk) = (challenge("auth_factor"), challenge("stk_challenge"));
    let mut checked = 0;
    for entry in vectors["suites"]["DES"]["authentication"]
        .as_array()
        .unwrap()
    {
        let original = bytes(&entry["original"]).try_into().unwrap();
        if entry["key"] == "IRK" {
            let answer = AuthenticationData(bytes(&entry["response"]).try_into().unwrap());
            let judged = keys.internal_authentication(des, &factors(), &factor, original, &answer);
            assert_eq!(judged.unwrap(), CardAnswer::Genuine, "{entry}");
        } else {
            let kind = if entry["key"] == "PUK" {
                KeyKind::PinUnblock
            } else {
                KeyKind::ReadSsse
            };
            let data = keys.external_authentication(kind, des, &factors(), &factor, original);
            assert_eq!(
                data.unwrap().0.to_vec(),
                bytes(&entry["auth_data"]),
                "{entry}"
            );
        }
        checked += 1;
    }
    for entry in vectors["suites"]["DES"]["apdus"].as_array().unwrap() {
        let message = match entry["new_pin"].as_str() {
            Some("") => continue,
            Some(pin) => {
                let value = IssuedValue::new(typed(pin)).unwrap();
                keys.reload_message(des, &factors(), &stk, &value)
            }
            None if entry["name"] == "PIN CHANGE/UNBLOCK, unblock only" => {
                keys.unblock_message(des, &factors(), &stk)
            }
            None => continue,
        };
        assert_eq!(
            message.unwrap().as_bytes(),
            bytes(&entry["command"]),
            "{entry}"
        );
        checked += 1;
    }
    assert_eq!(checked, 3 + 6);
}

/// The same token, seen by a program that is logged in: all keys, and not one value.
fn no_key_can_be_read(keys: &TokenKeys) {
    let session = second_session();
    assert_eq!(secret_keys(&session).len(), 4);
    let stk = Challenge::new(&[1; 8]).unwrap();
    let live = keys
        .session_key(KeyKind::Maintenance, CipherSuite::Des, &factors(), &stk)
        .unwrap();
    let all = secret_keys(&session);
    // Four roots; keys of province, city and card; the session key.
    assert_eq!(all.len(), 8);
    for key in all {
        let value = session.get_attributes(key, &[AttributeType::Value]);
        assert!(
            !value.is_ok_and(|got| got.iter().any(|one| matches!(one, Attribute::Value(_)))),
            "a key shows its value"
        );
    }
    drop(live);
    assert_eq!(
        secret_keys(&session).len(),
        4,
        "derived keys outlive their use"
    );
}

fn secret_keys(session: &Session) -> Vec<ObjectHandle> {
    let all = [Attribute::Class(ObjectClass::SECRET_KEY)];
    session.find_objects(&all).unwrap()
}

/// A session beside that of the keys, in the same process and so with the same login.
fn second_session() -> Session {
    let context = Pkcs11::new(MODULE).unwrap();
    let slots = context.get_slots_with_initialized_token().unwrap();
    context.open_rw_session(slots[0]).unwrap()
}

#[test]
fn a_root_that_could_leave_the_token_or_encrypt_is_refused() {
    for (attribute, value, told) in [
        ("extractable", true, "CKA_EXTRACTABLE"),
        ("sensitive", false, "CKA_SENSITIVE"),
        ("encrypt", true, "CKA_ENCRYPT"),
        ("wrap", true, "CKA_WRAP"),
        ("derive", false, "CKA_DERIVE"),
    ] {
        let hsm = SoftHsm::new("").unwrap();
        hsm.name_roots(&["puk"], "national").unwrap();
        hsm.private("attribute", &format!("{attribute} {value}"))
            .unwrap();
        alone(&hsm, "puts_an_unfit_root_into_the_token");
        let error = refused(&hsm);
        assert_eq!(error["error"], "HSM_KEY_UNFIT", "{error}");
        assert!(error["causes"].to_string().contains(told), "{error}");
    }
}

#[test]
#[ignore = "started by a_root_that_could_leave_the_token_or_encrypt_is_refused"]
fn puts_an_unfit_root_into_the_token() {
    let file = std::path::PathBuf::from(std::env::var_os("HSM_FILE").unwrap());
    let wanted = std::fs::read_to_string(file.with_file_name("attribute")).unwrap();
    let (name, value) = wanted.split_once(' ').unwrap();
    let context = Pkcs11::new(MODULE).unwrap();
    context
        .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
        .unwrap();
    let slots = context.get_slots_with_initialized_token().unwrap();
    let session = context.open_rw_session(slots[0]).unwrap();
    session
        .login(UserType::User, Some(&AuthPin::from(USER_PIN)))
        .unwrap();
    let set = |one: &str, good: bool| if one == name { value == "true" } else { good };
    session
        .create_object(&[
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::DES2),
            Attribute::Label(b"puk-des".to_vec()),
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(set("sensitive", true)),
            Attribute::Extractable(set("extractable", false)),
            Attribute::Derive(set("derive", true)),
            Attribute::Encrypt(set("encrypt", false)),
            Attribute::Decrypt(false),
            Attribute::Wrap(set("wrap", false)),
            Attribute::Unwrap(false),
            Attribute::Value((0x10..0x20).collect()),
        ])
        .unwrap();
}

#[test]
fn a_token_without_a_mechanism_is_refused_by_the_mechanisms_name() {
    let needed = ["CKM_DES3_ECB_ENCRYPT_DATA", "CKM_DES3_ECB", "CKM_DES3_CBC"];
    for mechanism in needed {
        let others = needed.into_iter().filter(|other| *other != mechanism);
        let others: Vec<_> = others.collect();
        let config = format!("slots.mechanisms = {}", others.join(","));
        let hsm = SoftHsm::with_roots(&config).unwrap();
        let error = refused(&hsm);
        assert_eq!(error["error"], "HSM_MECHANISM_MISSING", "{error}");
        let causes = error["causes"].to_string();
        assert!(causes.contains(&format!("{mechanism} (")), "{error}");
    }
    let hsm = SoftHsm::new("").unwrap();
    hsm.name_roots(&["puk"], "national").unwrap();
    let text = std::fs::read_to_string(hsm.file()).unwrap();
    hsm.private("hsm.toml", &text.replace("\"des\"", "\"sm4\""))
        .unwrap();
    let error = refused(&hsm);
    assert_eq!(error["error"], "HSM_MECHANISM_MISSING", "{error}");
    assert!(error["causes"].to_string().contains("SM4"), "{error}");
}

#[test]
fn the_pin_comes_from_a_private_file_or_a_descriptor_and_a_wrong_one_is_told() {
    let hsm = SoftHsm::with_roots("").unwrap();
    assert_eq!(check(&hsm).status.code(), Some(0));
    hsm.private("user-pin", "74218306\n").unwrap();
    assert_eq!(refused(&hsm)["error"], "HSM_PIN_WRONG");
    std::fs::remove_file(hsm.path("user-pin")).unwrap();
    assert_eq!(refused(&hsm)["error"], "ISSUER_KEYS");

    let script = format!(
        "exec {:?} --json issuer check-keys --hsm {:?} --hsm-pin-fd 3 3<<<{USER_PIN}",
        cardd_tests::daemon::program("hall").unwrap(),
        hsm.file()
    );
    let mut shell = Command::new("bash");
    shell.args(["-c", &script]);
    hsm.lend(&mut shell);
    let output = shell.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["backend"], "PKCS11");
    assert_eq!(told["roots"].as_array().unwrap().len(), 4);
    for text in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(text).contains(USER_PIN));
    }
}

#[test]
fn a_file_that_others_could_write_loads_no_module() {
    use std::os::unix::fs::PermissionsExt as _;
    let hsm = SoftHsm::new("").unwrap();
    let open = std::fs::Permissions::from_mode(0o620);
    std::fs::set_permissions(hsm.file(), open).unwrap();
    assert_eq!(refused(&hsm)["error"], "ISSUER_KEYS");
}
