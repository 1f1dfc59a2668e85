//! The rules for Python. Longer than other files because it is a table: one entry a rule.

use super::{Rule, Severity};
use crate::Language;

/// Every rule for Python, in the order they are documented: the contract's, then what does the same harm by another
/// way, then what cannot be decided and is only recorded.
pub static ALL: &[&Rule] = &[
    &IMPORT_OS,
    &IMPORT_SUBPROCESS,
    &IMPORT_SHUTIL,
    &DUNDER_IMPORT,
    &EVAL,
    &EXEC,
    &COMPILE,
    &OPEN_SENSITIVE,
    &PRIVATE_FILE,
    &SYSTEM_WRITE,
    &SOURCE_ENCODING,
    &TOO_DEEP,
    &OBJECT_INTERNALS,
    &FRAME_ACCESS,
    &BUILTINS_ACCESS,
    &MODULE_TABLE,
    &IMPORT_MACHINERY,
    &CODE_RUNNER,
    &CODE_OBJECT,
    &RUN_COMMAND,
    &NATIVE_CODE,
    &UNPICKLE_CONSTANT,
    &FORMAT_WALK,
    &KILL_PROCESS,
    &DYNAMIC_IMPORT,
    &DYNAMIC_ATTRIBUTE,
    &DYNAMIC_CODE,
    &UNREADABLE,
];

/// Import of `os`.
pub static IMPORT_OS: Rule = Rule {
    id: "py-import-os",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "import of `os`",
    reason: "The `os` module gives a program the operating system: processes, permissions, the environment and every file",
    remedy: "Use `pathlib` for files, `platform` for facts about the machine, `time` and `tempfile` for the rest",
    matches: &[
        "import os",
        "import sys, os",
        "import os as o",
        "import os.path",
        "from os.path import join",
        "from posix import *",
        "import glob\nglob.os.system('ls')",
        "from random import _os",
        "import importlib\nimportlib.import_module('o' + 's')",
        "import 𝐨𝐬",
    ],
    non_matches: &[
        "import osgeo",
        "import ossaudiodev",
        "from math import cos",
        "# import os",
        "s = 'import os'",
        "os = 2\nprint(os)",
    ],
};

/// Import of `subprocess`.
pub static IMPORT_SUBPROCESS: Rule = Rule {
    id: "py-import-subprocess",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "import of `subprocess`",
    reason: "The `subprocess` module runs other programs, which nobody has reviewed",
    remedy: "Do the work in Python itself",
    matches: &[
        "import subprocess",
        "import \\\n    subprocess",
        "from subprocess import run",
        "import webbrowser\nwebbrowser.subprocess.call(['ls'])",
    ],
    non_matches: &["import subprocess_helper", "lines = ['import subprocess']"],
};

/// Import of `shutil`.
pub static IMPORT_SHUTIL: Rule = Rule {
    id: "py-import-shutil",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "import of `shutil`",
    reason: "The `shutil` module copies, moves and deletes whole directory trees",
    remedy: "Use `pathlib` to read, write, rename and delete single files",
    matches: &[
        "import shutil",
        "from shutil import rmtree",
        "import zipfile\nzipfile.shutil.copyfile('a', 'b')",
    ],
    non_matches: &["import shutilwhich", "DOC = 'Prefer `import shutil`'"],
};

/// `__import__`.
pub static DUNDER_IMPORT: Rule = Rule {
    id: "py-dunder-import",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "`__import__`",
    reason: "`__import__` imports a module by a computed name, so that a reviewer does not see which",
    remedy: "Use an `import` statement",
    matches: &[
        "__import__('math')",
        "(__import__)('math')",
        "import builtins\nvars(builtins)['__import__']('math')",
        "import importlib\nimportlib.__import__('math')",
        "@__import__\n@(lambda f: f.__name__)\ndef math(): pass",
    ],
    non_matches: &["import math", "'''Unlike __import__(name), this is cached.'''\nx = 1"],
};

/// `eval`.
pub static EVAL: Rule = Rule {
    id: "py-eval",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "`eval`",
    reason: "`eval` runs text as code, and text can be anything",
    remedy: "Use `ast.literal_eval` for data, and ordinary code for the rest",
    matches: &[
        "eval('1 + 1')",
        "eval\\\n('1')",
        "e = eval\ne('1')",
        "import builtins\ngetattr(builtins, 'ev' + 'al')('1')",
        "𝐞val('1')",
        "list(map(eval, ['1']))",
        "class A: __contains__ = eval",
        "eval('1')\neval = None",
    ],
    non_matches: &[
        "import ast\nast.literal_eval('1')",
        "model.eval()",
        "df.eval('a + b')",
        "def eval(x): return x\neval(1)",
        "print('eval(1)')",
    ],
};

/// `exec`.
pub static EXEC: Rule = Rule {
    id: "py-exec",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "`exec`",
    reason: "`exec` runs text as code, and text can be anything",
    remedy: "Write the code itself",
    matches: &[
        "exec('x = 1')",
        "@exec\n@(lambda c: 'x = 1')\nclass a: pass",
        "pool.submit(exec, 'x = 1')",
        "from builtins import exec as run",
        "globals()['__builtins__'].exec('x = 1')",
    ],
    non_matches: &[
        "app.exec()",
        "class Task:\n    def exec(self): return 0\nTask().exec()",
        "q = 'EXEC(@sql)'",
    ],
};

/// `compile`.
pub static COMPILE: Rule = Rule {
    id: "py-compile",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "`compile`",
    reason: "`compile` turns text into code, and text can be anything",
    remedy: "Write the code itself; for patterns, use `re.compile`",
    matches: &["compile('1', 'f', 'eval')", "c = compile", "import builtins\nbuiltins.compile"],
    non_matches: &[
        "import re\nre.compile('a')",
        "def compile(parts): return parts\ncompile(['a'])",
        "model.compile(loss='mse')",
    ],
};

/// A file of the system.
pub static OPEN_SENSITIVE: Rule = Rule {
    id: "py-open-sensitive",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a file of the system",
    reason: "`/etc`, `/proc`, `/sys` and `/dev` hold the machine's configuration, its other programs and its devices",
    remedy: "Use files in the working directory",
    matches: &[
        "open('/etc/passwd')",
        "open('../' * 20 + 'etc/passwd')",
        "import io\nio.open(chr(47) + 'etc/passwd')",
        "from pathlib import Path\n(Path('/') / 'etc' / 'hosts').read_text()",
        "p = '/proc/self/environ'\nwith open(p, 'rb') as f: pass",
        "def show(path):\n    return open(path).read()\nshow('/etc/shadow')",
        "open(b'//etc//passwd')",
        "import glob\nglob.glob('/etc/ssh/*')",
        "import urllib.request as u\nu.urlopen('file:///etc/passwd')",
    ],
    non_matches: &[
        "open('data/etc/x')",
        "open('/etcetera')",
        "open('/dev/null', 'w')",
        "print('/etc/passwd')",
        "fs.open('/etc/app.conf')",
        "open('/development/notes.txt')",
    ],
};

/// A file that holds secrets or is run at login.
pub static PRIVATE_FILE: Rule = Rule {
    id: "py-private-file",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a file that holds secrets or is run at login",
    reason: "`/root`, `~/.ssh`, shell start-up files and their like hold secrets, or are run when somebody logs in",
    remedy: "Use files in the working directory",
    matches: &[
        "open('/root/.bashrc', 'a')",
        "from pathlib import Path\n(Path.home() / '.ssh' / 'id_rsa').read_text()",
        "open('/home/user/.aws/credentials')",
    ],
    non_matches: &["open('~/notes.txt')", "open('root/.bashrc')", "print('~/.ssh')"],
};

/// A change to the installed system.
pub static SYSTEM_WRITE: Rule = Rule {
    id: "py-system-write",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a change to the installed system",
    reason: "`/usr`, `/bin`, `/lib` and `/boot` are the installed system, which other programs rely on",
    remedy: "Write to the working directory",
    matches: &[
        "open('/usr/x.py', 'w')",
        "from pathlib import Path\nPath('/usr/bin/python3').unlink()",
        "def save(path, text):\n    with open(path, 'w') as f: f.write(text)\nsave('/usr/script.py', 'x')",
    ],
    non_matches: &["open('/usr/share/dict/words')", "open('usr/x.py', 'w')"],
};

/// Source that is not UTF-8.
pub static SOURCE_ENCODING: Rule = Rule {
    id: "py-source-encoding",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "source that is not UTF-8",
    reason: "The interpreter decodes the source as its encoding comment says, so it would run other text than was reviewed",
    remedy: "Leave out the encoding comment, and save the source as UTF-8",
    matches: &[
        "# -*- coding: unicode_escape -*-\n\\x69mport o\\x73",
        "#!/usr/bin/python3\n# coding: utf-7\n",
        "x = 1\0\n",
    ],
    non_matches: &["# -*- coding: utf-8 -*-\nx = 1", "# coding: latin-1\nx = 1", "x = 'coding: utf-7'"],
};

/// Code that is too deeply nested.
pub static TOO_DEEP: Rule = Rule {
    id: "py-too-deep",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "code that is too deeply nested",
    reason: "Reading nested code takes stack; so deep a nesting serves no purpose but to exhaust it",
    remedy: "Take the code apart into functions and variables",
    matches: &[
        "x = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    ],
    non_matches: &["x = [[[[[[[[[[[[1]]]]]]]]]]]]"],
};

/// A walk through the interpreter's objects.
pub static OBJECT_INTERNALS: Rule = Rule {
    id: "py-object-internals",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a walk through the interpreter's objects",
    reason: "From any object, attributes such as `__subclasses__` and `__globals__` lead to every class and module of the interpreter",
    remedy: "Import what is needed and call it by its name",
    matches: &[
        "().__class__.__base__.__subclasses__()",
        "help.__call__.__globals__",
        "getattr([], '__class__')",
        "f.__getattribute__('__class__')",
        "import gc\ngc.get_objects()",
        "a = ()\nb = a.__class__",
    ],
    non_matches: &[
        "type(x).__name__",
        "x.__class__.__name__",
        "isinstance(x, A.__class__)",
        "super().__init__()",
    ],
};

/// Access to frames.
pub static FRAME_ACCESS: Rule = Rule {
    id: "py-frame-access",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "access to frames",
    reason: "A frame gives access to the namespaces of the code that runs in it, and so to every builtin",
    remedy: "Pass values as arguments",
    matches: &[
        "(x for x in ()).gi_frame.f_builtins",
        "try:\n    1 / 0\nexcept Exception as e:\n    e.__traceback__.tb_frame",
        "import sys\nsys._getframe()",
    ],
    non_matches: &[
        "import traceback\ntry:\n    1 / 0\nexcept Exception as e:\n    traceback.print_exception(type(e), e, e.__traceback__)",
        "import inspect\ninspect.currentframe().f_back.f_code.co_name",
    ],
};

/// Access to the namespace of the builtins.
pub static BUILTINS_ACCESS: Rule = Rule {
    id: "py-builtins-access",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "access to the namespace of the builtins",
    reason: "Through `__builtins__` every builtin can be taken by a computed name, `eval` and `__import__` among them",
    remedy: "Call the builtin by its name",
    matches: &[
        "__builtins__",
        "x.__builtins__['open']",
        "import builtins\nbuiltins.globals",
        "globals()['__builtins__']",
        "import functools, warnings\nlist(map(functools.partial(getattr, warnings), ['sys']))",
    ],
    non_matches: &["import builtins\nbuiltins.print('x')", "globals()['x'] = 1"],
};

/// A module out of `sys.modules`.
pub static MODULE_TABLE: Rule = Rule {
    id: "py-module-table",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a module out of `sys.modules`",
    reason: "The table of loaded modules gives out modules without an import that a reviewer would see",
    remedy: "Import the module",
    matches: &["import sys\nsys.modules['os'].system('ls')", "import sys\nsys.modules.get('io')"],
    non_matches: &["import sys\nsys.modules[__name__]", "import sys\n'os' in sys.modules"],
};

/// The import machinery.
pub static IMPORT_MACHINERY: Rule = Rule {
    id: "py-import-machinery",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "the import machinery",
    reason: "Loaders and finders import modules out of a reviewer's sight",
    remedy: "Use an `import` statement",
    matches: &[
        "import runpy",
        "import sys\nsys.meta_path[0]",
        "import pkgutil\npkgutil.resolve_name('math:cos')",
        "spec.loader.exec_module(m)",
        "import _frozen_importlib as f",
        "from importlib.machinery import SourceFileLoader",
    ],
    non_matches: &[
        "import importlib\nimportlib.import_module('json')",
        "import pkgutil\npkgutil.iter_modules()",
    ],
};

/// A module that runs text as code.
pub static CODE_RUNNER: Rule = Rule {
    id: "py-code-runner",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a module that runs text as code",
    reason: "Debuggers, profilers and consoles of the standard library run text as code, as `exec` does",
    remedy: "Call the function itself",
    matches: &[
        "import code\ncode.InteractiveInterpreter().runsource('1')",
        "import bdb",
        "import cProfile\ncProfile.run('f()')",
        "breakpoint()",
        "import pdb\npdb.run('1')",
    ],
    non_matches: &[
        "import cProfile\np = cProfile.Profile()\np.enable()",
        "import timeit\ntimeit.timeit('1 + 1')",
        "import doctest\ndoctest.testmod()",
    ],
};

/// Code made out of parts.
pub static CODE_OBJECT: Rule = Rule {
    id: "py-code-object",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "code made out of parts",
    reason: "Functions built from code objects or from `marshal` run what no reviewer can read",
    remedy: "Write the function",
    matches: &[
        "import types\ntypes.FunctionType(c, globals())",
        "import marshal\nmarshal.loads(b)",
        "f.__code__ = g.__code__",
        "f.__code__.replace(co_name='x')",
    ],
    non_matches: &["import types\nisinstance(f, types.FunctionType)", "f.__code__.co_argcount"],
};

/// Another program.
pub static RUN_COMMAND: Rule = Rule {
    id: "py-run-command",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "another program",
    reason: "Programs that are started from Python are not reviewed",
    remedy: "Do the work in Python itself",
    matches: &[
        "import pty\npty.spawn('sh')",
        "m.system('ls')",
        "import asyncio\nasyncio.create_subprocess_shell('ls')",
        "x.Popen(['ls'])",
    ],
    non_matches: &[
        "import platform\nplatform.system()",
        "class Bus:\n    def system(self, name): return name\nBus().system('a')",
        "rng.spawn(4)",
    ],
};

/// Native code.
pub static NATIVE_CODE: Rule = Rule {
    id: "py-native-code",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "native code",
    reason: "Through `ctypes` and its like a program can call the C library and write to any memory",
    remedy: "Use a module of the standard library",
    matches: &[
        "import ctypes\nctypes.CDLL(None)",
        "import ctypes\nctypes.CDLL('libc.so.6').system(b'ls')",
        "import _ctypes",
        "db.enable_load_extension(True)",
    ],
    non_matches: &["import ctypes\nctypes.c_int(1)", "import ctypes\nctypes.sizeof(ctypes.c_long)"],
};

/// A pickle that is written out.
pub static UNPICKLE_CONSTANT: Rule = Rule {
    id: "py-unpickle-constant",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a pickle that is written out",
    reason: "Loading a pickle calls whatever it names, which in a constant nobody can read",
    remedy: "Write the object as Python or JSON",
    matches: &[
        "import pickle\npickle.loads(b\"cos\\nsystem\\n(S'ls'\\ntR.\")",
        "import pickle\ndata = b'...'\ndef load(d): return pickle.loads(d)\nload(data)",
    ],
    non_matches: &["import pickle\npickle.loads(pickle.dumps([1]))", "import json\njson.loads('[1]')"],
};

/// A format string that walks through objects.
pub static FORMAT_WALK: Rule = Rule {
    id: "py-format-walk",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "a format string that walks through objects",
    reason: "A format string can take attributes, and so lead from an argument to the interpreter's internals",
    remedy: "Format plain values",
    matches: &[
        "'{foo.__dict__}'.format(foo=x)",
        "import logging\n'{0.os.environ}'.format(logging)",
        "'{a.__class__.__base__}'.format(a=1)",
    ],
    non_matches: &["'{0.name}'.format(x)", "'{x.__class__.__name__}'.format(x=1)", "'{:.2f}'.format(1.0)"],
};

/// The end of other processes.
pub static KILL_PROCESS: Rule = Rule {
    id: "py-kill-process",
    language: Some(Language::Python),
    severity: Severity::Forbidden,
    title: "the end of other processes",
    reason: "A program has no business with processes that it did not start",
    remedy: "Work with the processes that the program itself started",
    matches: &[
        "import psutil\nfor p in psutil.process_iter():\n    p.kill()",
        "import psutil\npsutil.Process(1).terminate()",
    ],
    non_matches: &["import psutil\npsutil.cpu_percent()", "p.kill()"],
};

/// An import by a computed name.
pub static DYNAMIC_IMPORT: Rule = Rule {
    id: "py-dynamic-import",
    language: Some(Language::Python),
    severity: Severity::Suspicious,
    title: "an import by a computed name",
    reason: "Which module is imported cannot be told before the program runs",
    remedy: "Use an `import` statement",
    matches: &["import importlib\nimportlib.import_module(name)", "import sys\nsys.modules[name]"],
    non_matches: &["import importlib\nimportlib.import_module('json')"],
};

/// A member of a module by a computed name.
pub static DYNAMIC_ATTRIBUTE: Rule = Rule {
    id: "py-dynamic-attribute",
    language: Some(Language::Python),
    severity: Severity::Suspicious,
    title: "a member of a module by a computed name",
    reason: "Which function is taken cannot be told before the program runs",
    remedy: "Take the member by its name",
    matches: &["import math\ngetattr(math, name)", "import builtins\nvars(builtins)[name]"],
    non_matches: &["getattr(obj, name)", "import math\ngetattr(math, 'cos')"],
};

/// Computed text that is run as code.
pub static DYNAMIC_CODE: Rule = Rule {
    id: "py-dynamic-code",
    language: Some(Language::Python),
    severity: Severity::Suspicious,
    title: "computed text that is run as code",
    reason: "What is run cannot be told before the program runs",
    remedy: "Pass a function instead of text",
    matches: &["import timeit\ntimeit.timeit(text)"],
    non_matches: &["import timeit\ntimeit.timeit('1 + 1')", "import timeit\ntimeit.timeit(lambda: 1)"],
};

/// Code that does not parse.
pub static UNREADABLE: Rule = Rule {
    id: "py-unreadable",
    language: Some(Language::Python),
    severity: Severity::Suspicious,
    title: "code that does not parse",
    reason: "Code that does not parse cannot be reviewed as code, only searched as text",
    remedy: "Mend the syntax error",
    matches: &["if (", "x = = 1"],
    non_matches: &["true", "x = 1"],
};
