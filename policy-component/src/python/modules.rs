//! What qualified names mean: which modules and functions reach outside a program's own work.
//!
//! Tables only. Longer than it looks: every entry is one way out, with the words that a reader gets.

use crate::Rule;
use crate::rules::python as rules;

/// A rule, and what is wrong in words.
pub(super) type Verdict = (&'static Rule, &'static str);

/// What importing the module called `root` amounts to.
pub(super) fn imported(root: &str) -> Option<Verdict> {
    Some(match root {
        "os" => (&rules::IMPORT_OS, "`os` gives access to the operating system"),
        "posix" | "nt" => (&rules::IMPORT_OS, "this is the module below `os`"),
        "subprocess" => (&rules::IMPORT_SUBPROCESS, "`subprocess` runs other programs"),
        "_posixsubprocess" | "popen2" | "commands" => {
            (&rules::IMPORT_SUBPROCESS, "this module runs other programs, as `subprocess` does")
        }
        "shutil" => (&rules::IMPORT_SHUTIL, "`shutil` copies and deletes whole directory trees"),
        "pty" | "pexpect" | "ptyprocess" => (&rules::RUN_COMMAND, "this module runs other programs"),
        "imp" | "_imp" | "_frozen_importlib" | "_frozen_importlib_external" | "zipimport" | "runpy" => {
            (&rules::IMPORT_MACHINERY, "this module imports others out of the reviewer's sight")
        }
        "code" | "codeop" | "bdb" => (&rules::CODE_RUNNER, "this module runs text as code, as `exec` does"),
        "_ctypes" | "_cffi_backend" => (&rules::NATIVE_CODE, "this module calls native code"),
        _ => return None,
    })
}

/// The module that an attribute of another module is, where modules keep it: `glob.os`, `random._os`.
pub(super) fn re_exported(attribute: &str) -> Option<&'static str> {
    Some(match attribute.trim_start_matches('_') {
        "os" => "os",
        "posix" => "posix",
        "nt" => "nt",
        "posixsubprocess" => "_posixsubprocess",
        "subprocess" => "subprocess",
        "shutil" => "shutil",
        "pty" => "pty",
        "sys" => "sys",
        "builtins" | "bltinsmodule" => "builtins",
        "importlib" => "importlib",
        "io" => "io",
        "ctypes" => "ctypes",
        _ => return None,
    })
}

/// What mentioning a qualified name amounts to, called or not: it can be called elsewhere.
pub(super) fn mentioned(name: &str) -> Option<Verdict> {
    let (module, member) = name.split_once('.')?;
    Some(match (module, member) {
        ("builtins", "eval") => (&rules::EVAL, "`eval` runs text as code"),
        ("builtins", "exec" | "execfile") => (&rules::EXEC, "`exec` runs text as code"),
        ("builtins", "compile") => (&rules::COMPILE, "`compile` turns text into code"),
        ("builtins", "__import__") => {
            (&rules::DUNDER_IMPORT, "`__import__` imports a module by a computed name")
        }
        ("importlib", "__import__") => (&rules::DUNDER_IMPORT, "`importlib.__import__` is `__import__`"),
        ("builtins", "breakpoint") => {
            (&rules::CODE_RUNNER, "`breakpoint` starts a debugger, which runs text as code")
        }
        ("sys", "meta_path" | "path_hooks" | "path_importer_cache") => {
            (&rules::IMPORT_MACHINERY, "the interpreter's importers load modules out of the reviewer's sight")
        }
        ("sys", "_getframe" | "_current_frames" | "_current_exceptions") => {
            (&rules::FRAME_ACCESS, "the interpreter's frames give access to every namespace")
        }
        ("importlib", member) if importer(member) => {
            (&rules::IMPORT_MACHINERY, "this loads modules out of the reviewer's sight")
        }
        (
            "pkgutil",
            "resolve_name" | "get_loader" | "find_loader" | "get_importer" | "ImpImporter" | "ImpLoader",
        )
        | ("pydoc", "locate" | "safeimport" | "importfile" | "resolve" | "ErrorDuringImport")
        | ("unittest", "mock._importer" | "mock._dot_lookup" | "mock._get_target")
        | ("logging", "config._resolve" | "config.ConvertingDict" | "config.BaseConfigurator")
        | ("xmlrpc" | "inspect", "_importer")
        | ("test", "support.import_helper.import_module" | "support.import_module") => {
            (&rules::IMPORT_MACHINERY, "this loads modules by name, as `__import__` does")
        }
        ("pydoc", "pipepager" | "tempfilepager")
        | ("asyncio", "create_subprocess_shell" | "create_subprocess_exec")
        | ("imaplib", "IMAP4_stream")
        | ("webbrowser", "GenericBrowser" | "BackgroundBrowser" | "UnixBrowser" | "register")
        | ("platform", "popen")
        | ("psutil", "Popen")
        | ("multiprocessing", "util.spawnv_passfds" | "popen_fork.Popen" | "popen_spawn_posix.Popen")
        | ("distutils" | "setuptools", "spawn.spawn" | "spawn")
        | ("pip", "main" | "_internal.main" | "_internal.cli.main.main") => {
            (&rules::RUN_COMMAND, "this runs other programs")
        }
        ("pdb", "run" | "runeval" | "runctx" | "runcall" | "Pdb" | "set_trace" | "post_mortem" | "main")
        | (
            "cProfile" | "profile",
            "run" | "runctx" | "Profile().run" | "Profile().runctx" | "Profile().runcall",
        )
        | ("trace", "Trace().run" | "Trace().runctx" | "Trace().runfunc")
        | ("doctest", "debug" | "debug_src" | "debug_script" | "testsource" | "script_from_examples")
        | ("typing", "ForwardRef" | "_eval_type")
        | ("rlcompleter", "Completer")
        | ("tkinter", "Tcl" | "Tk().eval" | "Tk().call" | "Tk().tk.eval" | "Tk().tk.call")
        | ("_tkinter", "create")
        | ("annotationlib", "call_evaluate_function") => {
            (&rules::CODE_RUNNER, "this runs text as code, as `exec` does")
        }
        ("marshal", "loads" | "load") => {
            (&rules::CODE_OBJECT, "`marshal` reads code that no reviewer has seen")
        }
        ("gc", "get_objects" | "get_referrers" | "get_referents") => {
            (&rules::OBJECT_INTERNALS, "the collector hands out every object of the interpreter")
        }
        (
            "ctypes",
            "pythonapi" | "PyDLL" | "PYFUNCTYPE" | "memmove" | "memset" | "cdll" | "pydll" | "py_object",
        ) => (&rules::NATIVE_CODE, "this calls native code or writes to the interpreter's memory"),
        _ => return None,
    })
}

fn importer(member: &str) -> bool {
    member.starts_with("machinery.") && member.contains("er")
        || member.starts_with("_bootstrap")
        || member.starts_with("util._")
        || member == "reload"
}

/// Whether an attribute of any object leads into the interpreter's own structures.
pub(super) fn internal(attribute: &str) -> Option<Verdict> {
    Some(match attribute {
        "__subclasses__" | "__globals__" | "func_globals" | "__base__" | "__self__" | "__closure__"
        | "func_closure" | "__subclasscheck__" => {
            (&rules::OBJECT_INTERNALS, "this attribute leads from an object to the whole interpreter")
        }
        "__builtins__" => (&rules::BUILTINS_ACCESS, "`__builtins__` is the namespace of every builtin"),
        "__loader__" | "exec_module" | "load_module" => {
            (&rules::IMPORT_MACHINERY, "a loader imports modules out of the reviewer's sight")
        }
        "f_globals" | "f_locals" | "f_builtins" | "gi_frame" | "cr_frame" | "ag_frame" | "tb_frame"
        | "gi_code" | "cr_code" | "ag_code" | "gi_yieldfrom" | "cr_await" | "cr_origin" => {
            (&rules::FRAME_ACCESS, "a frame gives access to the namespaces of the code that runs in it")
        }
        _ => return None,
    })
}

/// What calling a method of this name does on an object that is not known, given an argument.
pub(super) fn method(name: &str) -> Option<Verdict> {
    Some(match name {
        "system"
        | "popen"
        | "Popen"
        | "spawnl"
        | "spawnle"
        | "spawnlp"
        | "spawnlpe"
        | "spawnv"
        | "spawnve"
        | "spawnvp"
        | "spawnvpe"
        | "posix_spawn"
        | "posix_spawnp"
        | "execl"
        | "execle"
        | "execlp"
        | "execlpe"
        | "execv"
        | "execve"
        | "execvp"
        | "execvpe"
        | "check_output"
        | "check_call"
        | "getoutput"
        | "getstatusoutput"
        | "subprocess_exec"
        | "subprocess_shell"
        | "create_subprocess_exec"
        | "create_subprocess_shell"
        | "fork_exec" => (&rules::RUN_COMMAND, "a method of this name runs another program"),
        "load_extension" | "enable_load_extension" | "dlopen" => {
            (&rules::NATIVE_CODE, "this loads native code")
        }
        "find_class" => (&rules::IMPORT_MACHINERY, "this loads modules by name, as `__import__` does"),
        "runsource" | "runcode" | "InteractiveInterpreter" | "InteractiveConsole" => {
            (&rules::CODE_RUNNER, "a method of this name runs text as code")
        }
        _ => return None,
    })
}

/// Members of `builtins` that are taken from it by name only to get around a reviewer.
pub(super) fn is_builtin_namespace(name: &str) -> bool {
    matches!(
        name,
        "builtins.globals" | "builtins.locals" | "builtins.vars" | "builtins.getattr" | "builtins.__dict__"
    )
}

/// Whether calling this makes code out of parts.
pub(super) fn makes_code(name: &str) -> bool {
    matches!(name, "types.FunctionType" | "types.LambdaType" | "types.CodeType")
}

/// Whether this runs its first argument as code, and is used so often that clean code is let through.
pub(super) fn runs_text(name: &str) -> bool {
    matches!(name, "timeit.timeit" | "timeit.repeat" | "timeit.Timer" | "timeit.main")
}

/// Whether this rebuilds objects from what it is given, calling what the data names.
pub(super) fn unpickles(name: &str) -> bool {
    matches!(
        name,
        "pickle.loads"
            | "pickle._loads"
            | "_pickle.loads"
            | "cPickle.loads"
            | "dill.loads"
            | "cloudpickle.loads"
            | "joblib.loads"
            | "pickle.Unpickler"
            | "pickle.load"
    )
}
