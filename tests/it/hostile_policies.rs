//! Broken and hostile policies: typed errors that name the cause, code that does not run, a host that is unharmed.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use code_execute::policy::{Cache, Policy, PolicyError, Source};
use code_execute::{Executor, Report, Status, Submission};
use serde::Deserialize;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    scan: Option<String>,
    format: Option<String>,
    status: String,
    says: String,
}

const SIX: &str = "(param i32 i32 i32 i32 i32 i32)";

/// A component of the world `policy`, at `version`, with the given function bodies.
pub(crate) fn component(version: &str, scan: &str, format: &str) -> Vec<u8> {
    wrapped("policy", version, &functions(version, scan, format))
}

/// A component that takes a configuration, with the body of `configure`.
fn configurable_component(configure: &str) -> Vec<u8> {
    let functions = format!(
        "{}
         (func (export \"code-execute:policy/restrictions@0.1.1#restrict\") (param i32 i32 i32 i32 i32 i32) (result i32)
           unreachable)
         (func $configure (export \"code-execute:policy/configuration@0.1.1#configure\") (param i32 i32) (result i32)
           {configure})",
        functions("0.1.1", "(i32.const 304)", "(i32.const 312)")
    );
    wrapped("configurable-policy", "0.1.1", &functions)
}

fn functions(version: &str, scan: &str, format: &str) -> String {
    format!(
        "(func $scan (export \"code-execute:policy/scanner@{version}#scan\") {SIX} (result i32) {scan})
         (data (i32.const 312) \"\\50\\01\\00\\00\\09\\00\\00\\00\\00\")
         (data (i32.const 336) \"formatted\")
         (func (export \"code-execute:policy/formatter@{version}#format\") (param i32) (result i32) {format})"
    )
}

fn wrapped(world: &str, version: &str, functions: &str) -> Vec<u8> {
    let frame = include_str!("../policies/frame.wat").replace("VERSION", version).replace("CASE", functions);
    let mut module = wat::parse_str(&frame).unwrap_or_else(|error| panic!("{error}\n{frame}"));
    let mut resolve = Resolve::default();
    let wit: String = ["world", "scanner", "formatter", "restrictions", "configuration"]
        .map(|file| std::fs::read_to_string(format!("../wit/{file}.wit")).unwrap())
        .concat()
        .replace("0.1.1", version);
    let package = resolve.push_str("policy.wit", &wit).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}

/// A component that approves everything and words everything as `formatted`.
pub(crate) fn honest_component() -> Vec<u8> {
    component("0.1.1", "(i32.const 304)", "(i32.const 312)")
}

/// A component that forbids everything, once, and words everything as `Formatted`.
pub(crate) fn forbidding_component() -> Vec<u8> {
    let first_byte = "(i32.store (i32.const 148) (i32.const 1)) (i32.store (i32.const 152) (i32.const 1)) \
                      (i32.store (i32.const 156) (i32.const 1)) (i32.const 120)";
    component("0.1.1", first_byte, "(i32.store8 (i32.const 336) (i32.const 70)) (i32.const 312)")
}

pub(crate) fn written(component: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".wasm").tempfile().unwrap();
    std::fs::write(file.path(), component).unwrap();
    file
}

/// Runs a submission that leaves a marker, under a policy; the marker says whether it ran.
fn run(policy: &str) -> (Report, bool) {
    let marker = tempfile::NamedTempFile::new().unwrap();
    // Root's programs are another user.
    std::fs::set_permissions(marker.path(), PermissionsExt::from_mode(0o666)).unwrap();
    let path = marker.path().to_str().unwrap().to_owned();
    let executor = Executor::builder().policy(policy).cache(Cache::none()).write(&path).build().unwrap();
    let report = crate::block_on(
        executor.execute(Submission::new("echo ran > \"$1\"").language("bash").arguments([path])),
    );
    let ran = std::fs::metadata(marker.path()).unwrap().len() > 0;
    (report, ran)
}

#[test]
fn hostile_policies_answer_with_their_cause_and_the_code_does_not_run() {
    let cases: Cases = toml::from_str(include_str!("../policies/hostile.toml")).unwrap();
    assert!(cases.case.len() > 10);
    for case in cases.case {
        let scan = case.scan.as_deref().unwrap_or("(i32.const 304)");
        let format = case.format.as_deref().unwrap_or("(i32.const 312)");
        let file = written(&component("0.1.1", scan, format));
        let (report, ran) = run(file.path().to_str().unwrap());
        // The formatter of these policies answers one word, so that the cause is looked for in the detail.
        let said = format!("{} {}", report.text, report.detail.clone().unwrap_or_default());
        assert_eq!(report.status.name(), case.status, "{}: {said}", case.name);
        assert!(said.contains(&case.says), "{}: {said}", case.name);
        assert_eq!(ran, report.status == Status::Ok, "{}: whether it ran", case.name);
    }
}

/// The positive control: the frame itself is a policy that works.
#[test]
fn hostile_frame_with_honest_functions_approves_and_words() {
    let file = written(&honest_component());
    let (report, ran) = run(file.path().to_str().unwrap());
    assert_eq!((report.status, report.text.as_str(), ran), (Status::Ok, "formatted", true), "{report:?}");
    assert_eq!(report.policies[0].name, "hostile");
}

/// What becomes of submissions one after the other, under a policy of so many pages of memory.
fn one_after_the_other(scan: &str, pages: u32) -> impl Iterator<Item = Status> {
    let start = format!("(func $grow (drop (memory.grow (i32.const {pages})))) (start $grow)");
    let functions = functions("0.1.1", scan, "(i32.const 312)");
    let file = written(&wrapped(
        "policy",
        "0.1.1",
        &format!("(global $asked (mut i32) (i32.const 0)) {start} {functions}"),
    ));
    let executor =
        Executor::builder().policy(file.path().to_str().unwrap()).cache(Cache::none()).build().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    (0..20).map(move |_| {
        std::thread::sleep(Duration::from_millis(50));
        runtime.block_on(executor.execute(Submission::new(":").language("bash"))).status
    })
}

/// Five mebibytes: as much as an interpreter has.
const INTERPRETER_PAGES: u32 = 80;

/// This one forbids what it is asked second, which no policy may; so it tells whether its instance was asked before.
#[test]
fn policy_with_much_memory_rehearses_in_an_instance_that_is_made_ahead() {
    let forbids_the_second = "(global.set $asked (i32.add (global.get $asked) (i32.const 1)))
        (i32.store (i32.const 148) (i32.const 1)) (i32.store (i32.const 152) (i32.const 1))
        (i32.store (i32.const 156) (i32.const 1))
        (select (i32.const 120) (i32.const 304) (i32.gt_u (global.get $asked) (i32.const 1)))";
    let mut large = one_after_the_other(forbids_the_second, INTERPRETER_PAGES);
    assert_eq!(large.next(), Some(Status::Ok), "nothing is made ahead for the first");
    assert!(large.any(|status| status == Status::Rejected));
    assert!(one_after_the_other(forbids_the_second, 1).all(|status| status == Status::Ok));
}

/// It traps on Python, which only its rehearsal asks it about.
#[test]
fn policy_whose_rehearsal_fails_is_asked_as_if_there_were_none() {
    let traps_on_python = "(if (i32.eq (local.get 1) (i32.const 6)) (then unreachable)) (i32.const 304)";
    assert!(one_after_the_other(traps_on_python, INTERPRETER_PAGES).all(|status| status == Status::Ok));
}

#[track_caller]
fn check_refused(component: &[u8], says: &str) -> PolicyError {
    let error = Policy::from_bytes("under-test.wasm", component, &Cache::none()).unwrap_err();
    let text = error.to_string();
    assert!(text.contains(says), "{text}");
    error
}

#[test]
fn policy_of_another_version_is_refused_with_both_versions() {
    let component = component("0.2.0", "(i32.const 304)", "(i32.const 312)");
    let error = check_refused(&component, "code-execute:policy/scanner@0.2.0");
    assert!(matches!(error, PolicyError::Version { .. }), "{error:?}");
    assert!(error.to_string().contains("@0.1.1"), "{error}");
}

#[test]
fn policy_of_a_later_patch_release_loads() {
    let component = component("0.1.7", "(i32.const 304)", "(i32.const 312)");
    Policy::from_bytes("under-test.wasm", &component, &Cache::none()).unwrap();
}

#[test]
fn policy_that_imports_is_refused_with_the_name_of_the_import() {
    let component = wat::parse_str("(component (import \"wasi:cli/environment@0.2.0\" (instance)))").unwrap();
    let error = check_refused(&component, "`wasi:cli/environment@0.2.0`");
    assert!(matches!(error, PolicyError::Imports { .. }), "{error:?}");
}

#[test]
fn policy_without_a_scanner_is_refused_as_no_policy() {
    let component = wat::parse_str("(component)").unwrap();
    let error = check_refused(&component, "does not export `code-execute:policy/scanner@0.1.1`");
    assert!(matches!(error, PolicyError::Interface { .. }), "{error:?}");
}

#[test]
fn policy_that_is_no_component_is_refused() {
    for bytes in [&b""[..], b"hello", b"\0asm", &wat::parse_str("(module)").unwrap()] {
        let error = check_refused(bytes, "is no WebAssembly component");
        assert!(matches!(error, PolicyError::NotAComponent { .. }), "{error:?}");
    }
}

/// What a policy says when it is configured with a text.
fn configured(component: &[u8], text: &str) -> Result<Policy, PolicyError> {
    let file = written(component);
    Source::new(file.path().to_str().unwrap()).configuration(text).open(&Cache::none())
}

#[test]
fn configuration_that_a_policy_does_not_survive_is_an_error_of_that_policy() {
    let cases = [
        ("unreachable", "trapped in `configure`"),
        ("(loop $ever (br $ever)) (i32.const 0)", "ran out of instructions in `configure`"),
        (
            "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 256)) (i32.const -1)))) unreachable",
            "ran out of memory in `configure`",
        ),
        ("(call $configure (local.get 0) (local.get 1))", "ran out of stack in `configure`"),
        // A list outside of memory.
        (
            "(i32.store (i32.const 304) (i32.const -8)) (i32.store (i32.const 308) (i32.const 9)) (i32.const 304)",
            "in `configure`",
        ),
        // A hundred million problems at one place.
        (
            "(i32.store (i32.const 304) (i32.const 0)) (i32.store (i32.const 308) (i32.const 100000000)) (i32.const 304)",
            "in `configure`",
        ),
    ];
    for (configure, says) in cases {
        let error = configured(&configurable_component(configure), "text").unwrap_err();
        assert!(error.to_string().contains(says), "{configure}: {error}");
    }
}

/// The positive control of the test above; and a configured policy is another identity than one that is not.
#[test]
fn configuration_that_a_policy_takes_is_a_part_of_its_identity() {
    let component = configurable_component("(i32.const 304)");
    let with = |text| configured(&component, text).unwrap().identity().clone();
    let without = Policy::from_bytes("under-test.wasm", &component, &Cache::none()).unwrap();
    assert_eq!(without.identity().configuration_sha256, None);
    assert_eq!(with("a").sha256, without.identity().sha256);
    assert!(with("a").configuration_sha256.is_some());
    assert_ne!(with("a").configuration_sha256, with("b").configuration_sha256);
}

#[test]
fn configuration_for_a_policy_that_takes_none_is_refused() {
    let error = configured(&honest_component(), "text").unwrap_err();
    assert!(matches!(error, PolicyError::NotConfigurable { .. }), "{error:?}");
    assert!(error.to_string().contains("`code-execute:policy/configuration@0.1.1`"), "{error}");
}
