use super::*;

fn tree(generation: Generation) -> FileTree {
    FileTree::new(generation, Vec::new(), Vec::new())
}

fn linear(tree: &FileTree, name: &str) -> Vec<Record> {
    match &tree.get(name.parse().unwrap()).unwrap().content {
        Content::Linear(records) => records.clone(),
        Content::Cyclic(_) | Content::Transparent(_) => panic!("{name} has no tagged records"),
    }
}

#[test]
fn groups_have_the_lengths_of_the_file_tables() {
    let table = [
        ("DF01/EF15", 0x40, 0x34, 3),
        ("DF02/EF05", 0x43, 0x6C, 2),
        ("DF02/EF05", 0x44, 0x65, 2),
        ("DF02/EF15", 0x99, 0x10, 4),
        ("DF03/EF06", 0x4A, 0x61, 3),
        ("DF03/EF19", 0x79, 0x27, 4),
    ];
    let tree = tree(Generation::Second);
    for (file, tag, length, count) in table {
        let records = linear(&tree, file);
        let group: Vec<_> = records
            .iter()
            .filter(|r| r.identifier() == Some(tag))
            .collect();
        assert_eq!(group.len(), count, "{file} {tag:02X}");
        assert!(
            group.iter().all(|r| r.bytes()[1] == length),
            "{file} {tag:02X}"
        );
    }
}

#[test]
fn every_record_is_tag_length_value() {
    for generation in [Generation::First, Generation::Second] {
        for (file, ef) in tree(generation).iter() {
            let Content::Linear(records) = &ef.content else {
                continue;
            };
            for record in records {
                let length = usize::from(record.bytes()[1]);
                assert_eq!(record.bytes().len(), 2 + length, "{file} {record:02X?}");
            }
        }
    }
}

#[test]
fn digits_are_filled_with_f_and_text_with_zero() {
    let records = linear(&tree(Generation::Second), "DF01/EF05");
    assert_eq!(records[0].bytes(), [0x20, 0x02, 0x00, 0x00]);
    assert_eq!(records[2].bytes(), [0x0E, 0x03, 0xFF, 0xFF, 0xFF]);
}

#[test]
fn only_the_third_generation_hides_the_holder() {
    let read = |generation| {
        tree(generation)
            .get("SSSE/EF06".parse().unwrap())
            .unwrap()
            .read
    };
    assert_eq!(read(Generation::First), Access::Free);
    assert_eq!(read(Generation::Second), Access::Free);
    assert_eq!(read(Generation::Third), Access::Key(RKSSSE));
}

#[test]
fn the_first_generation_has_no_df07() {
    assert!(
        !tree(Generation::First)
            .applications()
            .contains(&Application::Df07)
    );
    assert!(
        tree(Generation::Second)
            .applications()
            .contains(&Application::Df07)
    );
}

#[test]
fn a_record_is_replaced_only_where_there_is_one() {
    let mut tree = tree(Generation::Second);
    let file = "DF04/EF15".parse().unwrap();
    assert!(tree.replace_record(file, 8, vec![1]));
    assert!(!tree.replace_record(file, 0, vec![1]));
    assert!(!tree.replace_record(file, 9, vec![1]));
    assert!(!tree.replace_record("SSSE/EF07".parse().unwrap(), 1, vec![1]));
}
