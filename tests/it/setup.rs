//! `setup`, as a user of each client meets it: in a home directory of the test's own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

fn setup(home: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_code-execute"))
        .arg("setup")
        .args(arguments)
        .env("HOME", home)
        .env_remove("XDG_CONFIG_HOME")
        .env("NO_COLOR", "1")
        .current_dir(home)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

const CLIENTS: [(&str, &str, &str); 5] = [
    ("claude-desktop", "mcpServers", ".config/Claude/claude_desktop_config.json"),
    ("claude-code", "mcpServers", ".claude.json"),
    ("cursor", "mcpServers", ".cursor/mcp.json"),
    ("vscode", "servers", ".config/Code/User/mcp.json"),
    ("zed", "context_servers", ".config/zed/settings.json"),
];

/// What is written is what starts the tool: the command of the entry answers a client.
#[test]
fn what_a_client_is_told_starts_the_tool() {
    let home = tempfile::tempdir().unwrap();
    for (client, key, path) in CLIENTS {
        let (code, printed, said) = setup(home.path(), &[client, "--", "--policy", "balanced"]);
        let file = home.path().join(path);
        assert!(code == 0 && said.contains(path) && !file.exists(), "{said}");
        let (code, said, _) = setup(home.path(), &[client, "--write", "--", "--policy", "balanced"]);
        assert!(code == 0 && said.starts_with("wrote `"), "{said}");
        let written = read(&file);
        assert_eq!(written, serde_json::from_str::<Value>(&printed).unwrap(), "{client}");
        let entry = &written[key]["code-execute"];
        assert_eq!(entry["args"], json!(["mcp", "--policy", "balanced"]));
        let words = entry["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap());
        let output = Command::new(entry["command"].as_str().unwrap()).args(words).output().unwrap();
        assert!(output.status.success(), "{client}: {output:?}");
        let (_, said, _) = setup(home.path(), &[client, "--write", "--", "--policy", "balanced"]);
        assert!(said.contains("says so already"), "{said}");
    }
}

#[test]
fn file_of_a_client_keeps_everything_else_and_its_backup_is_what_it_was() {
    let home = tempfile::tempdir().unwrap();
    let repository = home.path().join("dotfiles");
    fs::create_dir_all(home.path().join(".config/zed")).unwrap();
    fs::create_dir(&repository).unwrap();
    let (target, link) = (repository.join("zed.json"), home.path().join(".config/zed/settings.json"));
    let before =
        "// my settings\n{\n  \"theme\": \"One\", // dark\n  \"context_servers\": { \"mine\": {} },\n}\n";
    fs::write(&target, before).unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let (code, said, _) = setup(home.path(), &["zed", "--write"]);
    assert!(code == 0 && said.starts_with("changed `"), "{said}");
    let after = fs::read_to_string(&target).unwrap();
    for kept in ["// my settings\n", "\"theme\": \"One\", // dark\n", "\"mine\": {}", "\"code-execute\""] {
        assert!(after.contains(kept), "{after}");
    }
    assert!(link.is_symlink());
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_to_string(repository.join("zed.json.backup")).unwrap(), before);
    setup(home.path(), &["zed", "--write", "--", "--memory", "1G"]);
    assert_eq!(fs::read_to_string(repository.join("zed.json.backup.1")).unwrap(), after);
}

#[test]
fn what_cannot_be_done_is_said_and_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".claude.json");
    fs::write(&file, "{ not json").unwrap();
    let (code, _, said) = setup(home.path(), &["claude-code", "--write"]);
    assert!(
        code == 2 && said.contains(".claude.json` is not JSON") && said.contains("nothing was changed"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "{ not json");
    let (code, _, said) = setup(home.path(), &["cursor", "--write", "--", "--polcy", "x"]);
    assert!(code == 2 && said.contains("`code-execute mcp` does not take this"), "{said}");
    let (code, _, said) = setup(home.path(), &["claude-desktop", "--project"]);
    assert!(code == 2 && said.contains("leave out `--project`"), "{said}");
    assert!(!home.path().join(".cursor").exists());
    let (_, listed, _) = setup(home.path(), &[]);
    for (client, _, path) in CLIENTS {
        assert!(listed.contains(client) && listed.contains(path), "{listed}");
    }
    let (_, _, said) = setup(home.path(), &["vscode", "--write", "--project"]);
    assert!(said.is_empty() && home.path().join(".vscode/mcp.json").exists(), "{said}");
}
