//! The contract in `wit/` is frozen, release by release.

use std::fs;
use std::path::Path;

/// The interfaces as this tree has them.
const CURRENT: &str = "../wit";

#[test]
fn wit_of_the_current_version_is_its_frozen_copy() {
    let world = fs::read_to_string(Path::new(CURRENT).join("world.wit")).unwrap();
    let version = world.split("code-execute:policy@").nth(1).unwrap().split(';').next().unwrap();
    let frozen = Path::new(CURRENT).join("frozen").join(version);
    let names = |folder: &Path| {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".wit"))
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(Path::new(CURRENT)), names(&frozen));
    for name in names(&frozen) {
        let current = fs::read(Path::new(CURRENT).join(&name)).unwrap();
        let copy = fs::read(frozen.join(&name)).unwrap();
        assert!(current == copy, "{name} differs from its frozen copy: a released version does not change");
    }
}

#[test]
fn wit_describes_every_item() {
    for name in ["world", "scanner", "formatter", "restrictions", "configuration"] {
        let text = fs::read_to_string(Path::new(CURRENT).join(format!("{name}.wit"))).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (index, line) in lines.iter().enumerate() {
            let is_item = [
                "record ",
                "interface ",
                "world ",
                "export ",
                "describe:",
                "scan:",
                "format:",
                "restrict:",
                "configure:",
            ]
            .iter()
            .any(|start| line.starts_with(start));
            if is_item {
                assert!(lines[index - 1].starts_with("@since"), "{name}.wit: `{line}` has no @since");
                assert!(lines[index - 2].starts_with("///"), "{name}.wit: `{line}` has no description");
            }
        }
    }
}
