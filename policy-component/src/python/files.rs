//! Files: which calls open, list, write or delete them, and which paths they must not be given.

use ruff_text_size::TextRange;

use super::calls::Arguments;
use super::paths::{self, Place};
use super::reader::Reader;
use super::uses;
use super::value::Value;
use crate::rules::python as rules;

/// What a call does to the files that it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    /// As its mode argument says.
    ByMode,
    Write,
}

impl<'a> Reader<'a> {
    /// Judges the paths that a function with a qualified name is given.
    pub(super) fn file_call(&mut self, name: &str, arguments: &Arguments<'a>, range: TextRange) {
        if self.judges_uses() && uses::is_system_function(name) {
            self.use_files(name, arguments, range);
        } else if let Some(access) = access(name) {
            self.judge_paths(access, arguments, range);
        }
    }

    /// Judges the paths that a method of an unknown object is given: only names that say what they do.
    pub(super) fn file_method(&mut self, name: &str, arguments: &Arguments<'a>, range: TextRange) {
        let access = match name {
            "to_csv" | "to_json" | "to_excel" | "to_pickle" | "to_parquet" | "to_hdf" | "savefig"
            | "write_text" | "write_bytes" | "extractall" => Access::Write,
            "read_text" | "read_bytes" | "sendfile" | "send_file" => Access::Read,
            _ => return,
        };
        if !self.table.defines(name) {
            self.judge_paths(access, arguments, range);
        }
    }

    /// Judges a method of a `pathlib` path.
    pub(super) fn path_method(
        &mut self,
        path: &str,
        method: &str,
        arguments: &Arguments<'a>,
        range: TextRange,
    ) {
        let access = match method {
            "open" => {
                let mode = arguments.get(0, "mode").known_text().unwrap_or("r");
                if mode.contains(['w', 'a', 'x', '+']) { Access::Write } else { Access::Read }
            }
            "read_text" | "read_bytes" | "iterdir" | "glob" | "rglob" | "readlink" | "walk" => Access::Read,
            "write_text" | "write_bytes" | "unlink" | "rmdir" | "rename" | "replace" | "touch" | "mkdir"
            | "chmod" | "lchmod" | "symlink_to" | "hardlink_to" | "link_to" | "copy" | "move" => {
                Access::Write
            }
            _ => return,
        };
        self.judge_path(path, access, range);
        if method == "chmod" && self.judges_uses() {
            self.judge_mode(arguments.get(0, "mode"), range);
        }
        if matches!(method, "symlink_to" | "hardlink_to" | "link_to" | "rename" | "replace" | "copy" | "move")
        {
            self.judge_paths(access, arguments, range);
        }
        if matches!(method, "glob" | "rglob") {
            for pattern in arguments.positional.iter().filter_map(Value::known_text) {
                self.judge_path(&format!("{path}/{pattern}"), access, range);
            }
        }
    }

    fn judge_paths(&mut self, access: Access, arguments: &Arguments<'a>, range: TextRange) {
        let access = match access {
            Access::ByMode => {
                let mode = arguments.get(1, "mode").alternatives().iter().filter_map(Value::known_text);
                let writes = mode.into_iter().any(|mode| mode.contains(['w', 'a', 'x', '+']));
                if writes { Access::Write } else { Access::Read }
            }
            access => access,
        };
        let named = arguments.named.iter().map(|(_, value)| value);
        for value in arguments.positional.iter().chain(named) {
            for alternative in value.alternatives() {
                // `fileinput.input(["/etc/passwd"])` takes a list.
                let inner = if let Value::Sequence(values) = alternative { values.as_ref() } else { &[] };
                for path in std::iter::once(alternative).chain(inner.iter().take(64)).filter_map(Value::path)
                {
                    self.judge_path(&path, access, range);
                }
            }
        }
    }

    pub(super) fn judge_path(&mut self, path: &str, access: Access, range: TextRange) {
        if self.is_allowed_path(path, range) {
            return;
        }
        let Some(place) = paths::place(path).or_else(|| self.place_after_changes(path)) else { return };
        let shown = path.replace(paths::UNKNOWN, "…");
        let (rule, message) = match place {
            Place::Contract => (&rules::OPEN_SENSITIVE, format!("`{shown}` belongs to the system")),
            Place::Private => (&rules::PRIVATE_FILE, format!("`{shown}` holds secrets or is run at login")),
            Place::System if access == Access::Write => {
                (&rules::SYSTEM_WRITE, format!("`{shown}` is part of the installed system"))
            }
            Place::System => return,
        };
        self.report(rule, range, message);
    }
}

/// Classes of `pathlib` whose instances are paths.
pub(super) fn is_path_class(name: &str) -> bool {
    matches!(
        name,
        "pathlib.Path"
            | "pathlib.PosixPath"
            | "pathlib.PurePath"
            | "pathlib.PurePosixPath"
            | "pathlib.Path.home"
            | "pathlib.Path.cwd"
    )
}

/// Whether a function opens the file that it is given.
pub(super) fn opens(name: &str) -> bool {
    access(name).is_some()
}

/// What a function with a qualified name does to the files that it is given.
fn access(name: &str) -> Option<Access> {
    Some(match name {
        "builtins.open" | "io.open" | "_io.open" | "_pyio.open" | "codecs.open" | "gzip.open"
        | "bz2.open" | "lzma.open" | "io.FileIO" | "_io.FileIO" | "_pyio.FileIO" | "gzip.GzipFile"
        | "bz2.BZ2File" | "lzma.LZMAFile" | "tarfile.open" | "zipfile.ZipFile" | "tarfile.TarFile"
        | "shelve.open" | "dbm.open" | "aiofiles.open" | "wave.open" | "io.open_code" | "_io.open_code"
        | "tokenize.open" => Access::ByMode,
        "fileinput.input"
        | "fileinput.FileInput"
        | "linecache.getline"
        | "linecache.getlines"
        | "linecache.updatecache"
        | "linecache.lazycache"
        | "glob.glob"
        | "glob.iglob"
        | "glob.glob0"
        | "glob.glob1"
        | "urllib.request.urlopen"
        | "urllib.request.urlretrieve"
        | "urllib.request.Request"
        | "urllib.request.URLopener().open"
        | "urllib.request.FancyURLopener().open"
        | "urllib.request.build_opener().open"
        | "configparser.ConfigParser().read"
        | "configparser.RawConfigParser().read"
        | "filecmp.cmp"
        | "filecmp.dircmp"
        | "mmap.mmap"
        | "mailbox.mbox"
        | "netrc.netrc"
        | "xml.etree.ElementTree.parse"
        | "xml.dom.minidom.parse"
        | "xml.sax.parse"
        | "ast.parse"
        | "py_compile.compile"
        | "importlib.machinery.SourceFileLoader"
        | "importlib.util.spec_from_file_location"
        | "ssl.SSLContext().load_cert_chain"
        | "readline.read_history_file"
        | "mimetypes.read_mime_types"
        | "platform._parse_os_release"
        | "traceback.print_file" => Access::Read,
        "sqlite3.connect"
        | "logging.FileHandler"
        | "logging.basicConfig"
        | "logging.handlers.RotatingFileHandler"
        | "logging.handlers.TimedRotatingFileHandler"
        | "logging.handlers.WatchedFileHandler"
        | "tempfile.NamedTemporaryFile"
        | "tempfile.TemporaryDirectory"
        | "tempfile.mkstemp"
        | "tempfile.mkdtemp"
        | "socket.socket().bind"
        | "socket.socket().connect"
        | "readline.write_history_file"
        | "cProfile.Profile().dump_stats" => Access::Write,
        name => return archive(name).or_else(|| by_verb(name)),
    })
}

/// Members of an open archive: adding a file reads it, extracting writes.
fn archive(name: &str) -> Option<Access> {
    let (object, method) = name.rsplit_once('.')?;
    if !object.starts_with("tarfile.") && !object.starts_with("zipfile.") {
        return None;
    }
    match method {
        "add" | "write" | "gettarinfo" => Some(Access::Read),
        "extract" | "extractall" => Some(Access::Write),
        _ => None,
    }
}

/// Functions of any imported module whose name says what they do: `pandas.read_csv`, `numpy.loadtxt`.
fn by_verb(name: &str) -> Option<Access> {
    let (object, function) = name.rsplit_once('.')?;
    if matches!(object.split('.').next(), Some("builtins" | "re" | "json" | "logging" | "urllib" | "fnmatch"))
    {
        return None;
    }
    let reads = [
        "read_",
        "loadtxt",
        "genfromtxt",
        "fromfile",
        "imread",
        "listdir",
        "scandir",
        "walk",
        "load_file",
        "sendfile",
    ];
    let writes = [
        "to_csv",
        "to_json",
        "to_excel",
        "to_pickle",
        "savetxt",
        "savez",
        "savefig",
        "imwrite",
        "imsave",
        "copy",
        "move",
        "remove",
        "unlink",
        "rmtree",
        "rmdir",
        "mkdir",
        "makedirs",
        "symlink",
        "link",
        "chmod",
        "chown",
        "rename",
        "truncate",
        "write_",
    ];
    if writes.iter().any(|verb| function.starts_with(verb))
        || matches!(function, "save" | "tofile" | "replace")
    {
        Some(Access::Write)
    } else if reads.iter().any(|verb| function.starts_with(verb))
        || matches!(function, "load" | "open" | "memmap")
    {
        Some(Access::ByMode)
    } else {
        None
    }
}
