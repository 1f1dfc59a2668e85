//! The rules about what an operator forbids by name. They find nothing where nothing is forbidden; their examples hold
//! under [`EXAMPLE`].

use super::{Rule, Severity};
use crate::Language;

/// Every rule about what is configured, in the order they are documented.
pub static ALL: &[&Rule] =
    &[&PYTHON_MODULE, &PYTHON_FUNCTION, &PYTHON_COMMAND, &PYTHON_PATH, &BASH_COMMAND, &BASH_PATH];

/// The configuration under which the examples hold.
pub const EXAMPLE: &str = r#"
[modules]
forbidden = ["socket", "xml.sax"]
allowed = ["subprocess"]

[functions]
forbidden = ["numpy.load", "input"]

[commands]
forbidden = ["git"]

[paths]
forbidden = ["/srv/secrets"]
"#;

/// A module that the configuration forbids.
pub static PYTHON_MODULE: Rule = Rule {
    id: "py-forbidden-module",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a module that the configuration forbids",
    reason: "The operator of this machine does not want programs to use this module",
    remedy: "Do without this module",
    matches: &[
        "import socket",
        "import socket as s",
        "from socket import AF_INET",
        "import xml.sax.handler",
        "from xml import sax",
        "import importlib\nimportlib.import_module('sock' + 'et')",
        "import ssl\nssl.socket",
    ],
    non_matches: &["import socketserver", "import xml.dom", "socket = 1\nsocket.real", "# import socket"],
};

/// A function that the configuration forbids.
pub static PYTHON_FUNCTION: Rule = Rule {
    id: "py-forbidden-function",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a function that the configuration forbids",
    reason: "The operator of this machine does not want programs to use this function",
    remedy: "Do without this function",
    matches: &[
        "import numpy\nnumpy.load('x.npy')",
        "import numpy as np\nf = np.load",
        "from numpy import load as l",
        "import numpy\ngetattr(numpy, 'lo' + 'ad')('x.npy')",
        "from numpy import *",
        "input()",
    ],
    non_matches: &[
        "import numpy\nnumpy.loadtxt('x')",
        "def load(): pass\nload()",
        "def input(): pass\ninput()",
    ],
};

/// A program that the configuration forbids, started from Python.
pub static PYTHON_COMMAND: Rule = Rule {
    id: "py-forbidden-command",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a program that the configuration forbids",
    reason: "The operator of this machine does not want this program to be run",
    remedy: "Do without this program",
    matches: &[
        "import subprocess\nsubprocess.run(['git', 'push'])",
        "import subprocess\nsubprocess.check_output('cd x && git push', shell=True)",
    ],
    non_matches: &["import subprocess\nsubprocess.run(['ls', 'git'])", "print('git push')"],
};

/// A path that the configuration forbids, used from Python.
pub static PYTHON_PATH: Rule = Rule {
    id: "py-forbidden-path",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a path that the configuration forbids",
    reason: "The operator of this machine does not want programs to use what is there",
    remedy: "Work with files in the working directory",
    matches: &[
        "open('/srv/secrets/key')",
        "from pathlib import Path\nPath('/srv').joinpath('secrets', 'key').read_text()",
        "import glob\nglob.glob('/srv/*/key')",
    ],
    non_matches: &["open('/srv/secrets.txt')", "print('/srv/secrets/key')", "open('srv/secrets/key')"],
};

/// A program that the configuration forbids.
pub static BASH_COMMAND: Rule = Rule {
    id: "sh-forbidden-command",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "a program that the configuration forbids",
    reason: "The operator of this machine does not want this program to be run",
    remedy: "Do without this program",
    matches: &[
        "git push",
        "\\git push",
        "/usr/bin/git push",
        "command git push",
        "env A=b git push",
        "echo x | xargs git add",
        "g=gi; ${g}t push",
        "bash -c 'git push'",
    ],
    non_matches: &["echo git", "command -v git", "gitk", "# git push", "git() { echo mine; }; git"],
};

/// A path that the configuration forbids.
pub static BASH_PATH: Rule = Rule {
    id: "sh-forbidden-path",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "a path that the configuration forbids",
    reason: "The operator of this machine does not want programs to use what is there",
    remedy: "Work with files in the working directory",
    matches: &[
        "cat /srv/secrets/key",
        "cd /srv && cat secrets/key",
        "x=$(< /srv/secrets/key)",
        "tar --file=/srv/secrets/x.tar -x",
        "cat /srv/*/key",
        "rm -rf /srv",
    ],
    non_matches: &["cat /srv/secrets.txt", "cat srv/secrets/key", "echo /srv/secrets", "ls /srv"],
};
