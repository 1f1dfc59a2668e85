//! Tricks that the Python reader must see through, and harmless programs that look like them.

use code_execute_policy::{Configuration, Severity, python};

fn forbidden(code: &str) -> Vec<&'static str> {
    let findings = python::read(&Configuration::default(), code);
    findings.iter().filter(|one| one.rule.severity == Severity::Forbidden).map(|one| one.rule.id).collect()
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
fn imports_in_disguise_are_refused() {
    check(&[
        ("if True:\n    import os", "py-import-os"),
        ("def f():\n    from os import system as s\n    return s", "py-import-os"),
        ("import json, sys, os.path as p", "py-import-os"),
        ("import importlib as i\ni.import_module('so'[::-1])", "py-import-os"),
        ("from importlib import import_module as im\nim(''.join(['o', 's']))", "py-import-os"),
        ("import importlib\nm = importlib\nf = m.import_module\nf('%s%s' % ('o', 's'))", "py-import-os"),
        ("import importlib\nname = 'o'\nname += 's'\nimportlib.import_module(name)", "py-import-os"),
        ("import importlib\nimportlib.import_module(f'{chr(111)}{chr(115)}')", "py-import-os"),
        (
            "import importlib\nimportlib.import_module(''.join(chr(c ^ 1) for c in [110, 114]))",
            "py-import-os",
        ),
        ("import importlib\nimportlib.import_module(''.join(map(chr, (111, 115))))", "py-import-os"),
        (
            "import importlib, codecs\nimportlib.import_module(codecs.decode('fhocebprff', 'rot13'))",
            "py-import-subprocess",
        ),
        ("import importlib\nfor n in ['json', 'os']:\n    importlib.import_module(n)", "py-import-os"),
        ("import importlib\nd = {'a': 'os'}\nimportlib.import_module(d['a'])", "py-import-os"),
        ("import importlib\nimportlib.import_module('OS'.lower())", "py-import-os"),
        ("import importlib\nimportlib.import_module('0s'.replace('0', 'o'))", "py-import-os"),
        ("import importlib\n(g := importlib.import_module)('os')", "py-import-os"),
        ("import importlib\nlist(map(importlib.import_module, ['os']))", "py-import-os"),
        ("import importlib, functools\nfunctools.partial(importlib.import_module, 'os')()", "py-import-os"),
        ("import importlib\ndef load(n='os'): return importlib.import_module(n)\nload()", "py-import-os"),
        ("import importlib\nclass A:\n    n = 'os'\nimportlib.import_module(A.n)", "py-import-os"),
        (
            "import importlib, string\nimportlib.import_module(string.ascii_letters[14] + string.ascii_letters[18])",
            "py-import-os",
        ),
        ("import tempfile as t\nt._os.system('ls')", "py-import-os"),
        ("import pathlib\npathlib.os.system('ls')", "py-import-os"),
        ("import shlex\ngetattr(shlex, 'os')", "py-import-os"),
        ("import logging\nvars(logging)['os'].system('ls')", "py-import-os"),
        ("import logging\nlogging.__dict__.get('os').system('ls')", "py-import-os"),
        ("import operator, glob\noperator.attrgetter('os.system')(glob)('ls')", "py-import-os"),
        ("from glob import os as o", "py-import-os"),
        ("import ctypes.util\nctypes.util.os", "py-import-os"),
        ("import multiprocessing.util as u\nu.os.system('x')", "py-import-os"),
        ("import sys\nsys.modules.get('posix').system('ls')", "py-import-os"),
        ("from sys import modules as m\nm['os'].system('ls')", "py-run-command"),
        ("import pkgutil\npkgutil.resolve_name('os:system')", "py-import-machinery"),
        ("import importlib.machinery as m\nm.BuiltinImporter.load_module('posix')", "py-import-machinery"),
        (
            "from importlib.util import find_spec\nfind_spec('os').loader.load_module('os')",
            "py-import-machinery",
        ),
        ("import unittest.mock as m\nm._importer('os').system('ls')", "py-import-machinery"),
        ("__loader__.load_module('os')", "py-import-machinery"),
        ("import zipfile\nzipfile.shutil.rmtree('x')", "py-import-shutil"),
        ("import tarfile as t\ns = t.shutil", "py-import-shutil"),
        ("x = 1\rimport os\r", "py-import-os"),
        ("\x0cimport os", "py-import-os"),
        ("\u{feff}import os", "py-import-os"),
    ]);
}

#[test]
fn builtins_in_disguise_are_refused() {
    check(&[
        ("e = eval\ne('1')", "py-eval"),
        ("(lambda f: f('1'))(eval)", "py-eval"),
        ("{'a': eval}['a']('1')", "py-eval"),
        ("def f(g=eval): return g('1')\nf()", "py-eval"),
        ("[*map(eval, ['1'])]", "py-eval"),
        ("sorted(['1'], key=eval)", "py-eval"),
        ("import builtins as b\nx = b\nx.eval('1')", "py-eval"),
        ("import builtins\nbuiltins.__dict__['ev' 'al']('1')", "py-eval"),
        ("import builtins\nbuiltins.__getattribute__('eval')('1')", "py-eval"),
        ("__builtins__.eval('1')", "py-eval"),
        ("getattr(__builtins__, '\\x65val')('1')", "py-eval"),
        ("__builtins__.__dict__['lave'[::-1]]('1')", "py-eval"),
        ("globals()['__builtins__'].__dict__['eval']('1')", "py-eval"),
        ("globals().get('__builtins__').eval('1')", "py-eval"),
        ("from builtins import *\neval('1')", "py-eval"),
        ("if False:\n    eval = print\neval('1')", "py-eval"),
        ("def eval(x): return x\ndel eval\neval('1')", "py-eval"),
        ("eval = eval\neval('1')", "py-eval"),
        ("class A:\n    eval = staticmethod(print)\neval('1')", "py-eval"),
        ("x: eval('1') = 2", "py-eval"),
        ("def f(x: eval('1')): pass", "py-eval"),
        ("f'{eval(\"1\")}'", "py-eval"),
        ("f'{1:{eval(\"1\")}}'", "py-eval"),
        ("match eval('1'):\n    case _: pass", "py-eval"),
        ("assert 1, eval('1')", "py-eval"),
        ("with eval('x') as f: pass", "py-eval"),
        ("try: pass\nexcept eval('x'): pass", "py-eval"),
        ("class A(eval('x')): pass", "py-eval"),
        ("class A(metaclass=eval): pass", "py-eval"),
        ("x[eval('1')] = 1", "py-eval"),
        ("x = [i for i in '1' if eval(i)]", "py-eval"),
        ("import threading\nthreading.Thread(target=exec, args=('x',)).start()", "py-exec"),
        ("import atexit\natexit.register(exec, 'x')", "py-exec"),
        ("import sys\nsys.excepthook = exec", "py-exec"),
        ("import inspect\ninspect.builtins.exec('x')", "py-exec"),
        ("import operator, builtins\noperator.itemgetter('exec')(vars(builtins))('x')", "py-exec"),
        ("class A:\n    __class_getitem__ = exec\nA['x']", "py-exec"),
        ("for f in [print, exec]: f('x')", "py-exec"),
        ("a, b = exec, 1\na('x')", "py-exec"),
        ("import functools\nfunctools.partial(compile, filename='f', mode='exec')('1')", "py-compile"),
        ("__import__('math')", "py-dunder-import"),
        ("i = __import__\ni('math')", "py-dunder-import"),
        ("import importlib as i\ni.__import__('os')", "py-dunder-import"),
        ("from importlib import __import__ as i\ni('os')", "py-dunder-import"),
        ("print.__self__.__import__('os')", "py-object-internals"),
        ("import timeit\ntimeit.timeit('import os; os.system(\"ls\")')", "py-import-os"),
        ("from timeit import Timer as T\nT(setup='import os').timeit()", "py-import-os"),
        ("import typing\ntyping.ForwardRef('x')._evaluate({}, {}, frozenset())", "py-code-runner"),
        ("x.__init__.__globals__['__builtins__']", "py-object-internals"),
        ("'{0.__class__.__init__.__globals__}'.format(x)", "py-format-walk"),
        ("str.format('{0.__class__.__base__}', x)", "py-format-walk"),
        ("import inspect\ninspect.currentframe().f_back.f_globals", "py-frame-access"),
        ("async def f(): pass\nf().cr_frame", "py-frame-access"),
        ("import types\n(lambda: 0).__code__.replace(co_code=b'x')", "py-code-object"),
        ("setattr(f, '__code__', g.__code__)", "py-code-object"),
    ]);
}

#[test]
fn guarded_files_in_disguise_are_refused() {
    check(&[
        ("o = open\no('/etc/passwd')", "py-open-sensitive"),
        ("from io import open as o\no(file='/etc/passwd')", "py-open-sensitive"),
        ("open(*['/etc/passwd'])", "py-open-sensitive"),
        ("open(**{'file': '/etc/passwd'})", "py-open-sensitive"),
        ("import builtins\ngetattr(builtins, 'open')('/etc/passwd')", "py-open-sensitive"),
        ("a, b = '/etc', 'passwd'\nopen(a + '/' + b)", "py-open-sensitive"),
        ("open('/'.join(['', 'etc', 'passwd']))", "py-open-sensitive"),
        ("open('/{}/{}'.format('etc', 'passwd'))", "py-open-sensitive"),
        ("open('/%(d)s/passwd' % {'d': 'etc'})", "py-open-sensitive"),
        ("open('dwssap/cte/'[::-1])", "py-open-sensitive"),
        ("open(bytes([47, 101, 116, 99, 47, 120]))", "py-open-sensitive"),
        ("open('/tmp/../etc/passwd')", "py-open-sensitive"),
        ("n = input()\nopen('/etc/' + n)", "py-open-sensitive"),
        ("for d in ['/tmp', '/etc']:\n    open(d + '/passwd')", "py-open-sensitive"),
        ("open('/tmp/x' if x else '/etc/passwd')", "py-open-sensitive"),
        ("open(x or '/etc/passwd')", "py-open-sensitive"),
        (
            "class A:\n    def __init__(self, p): self.p = p\n    def r(self): return open(self.p)\nA('/etc/passwd').r()",
            "py-open-sensitive",
        ),
        ("def p(): return '/etc/passwd'\nopen(p())", "py-open-sensitive"),
        ("p = lambda: '/etc/passwd'\nopen(p())", "py-open-sensitive"),
        ("if (p := '/etc/passwd'): open(p)", "py-open-sensitive"),
        ("import pathlib as l\nl.Path('/etc', 'passwd').open()", "py-open-sensitive"),
        ("from pathlib import Path as P\nopen(P('/etc') / 'passwd')", "py-open-sensitive"),
        (
            "from pathlib import PosixPath\nPosixPath('/etc').joinpath('passwd').read_bytes()",
            "py-open-sensitive",
        ),
        ("from pathlib import Path\nfor f in Path('/etc').iterdir(): print(f)", "py-open-sensitive"),
        ("from pathlib import Path\nPath('l').symlink_to('/etc/passwd')", "py-open-sensitive"),
        ("from pathlib import Path\nPath.read_text(Path('/etc/passwd'))", "py-open-sensitive"),
        ("import codecs, linecache\nlinecache.getline('/etc/passwd', 1)", "py-open-sensitive"),
        ("import numpy as np\nnp.loadtxt('/etc/passwd')", "py-open-sensitive"),
        ("import pandas as pd\npd.read_csv('/etc/passwd', sep=':')", "py-open-sensitive"),
        ("import csv\ncsv.reader(open('/proc/self/status'))", "py-open-sensitive"),
        ("import asyncio\nasyncio.to_thread(open, '/etc/passwd')", "py-open-sensitive"),
        (
            "from concurrent.futures import ThreadPoolExecutor as T\nT().submit(open, '/etc/passwd')",
            "py-open-sensitive",
        ),
        ("import configparser\nc = configparser.ConfigParser()\nc.read('/etc/x.ini')", "py-open-sensitive"),
        ("import sqlite3\nsqlite3.connect('/etc/x.db')", "py-open-sensitive"),
        ("import logging\nlogging.FileHandler('/etc/x.log')", "py-open-sensitive"),
        ("open('/root/.ssh/authorized_keys', 'a')", "py-private-file"),
        ("with open('/usr/lib/x.py', mode='w') as f: f.write('x')", "py-system-write"),
    ]);
}

#[test]
fn harmless_programs_are_left_alone() {
    for code in [
        "class Parser:\n    def compile(self): return self\n    def exec(self): return self.compile()\nParser().exec()",
        "def evaluate(x): return eval_expr(x)\ndef eval_expr(x): return x\nevaluate(1)",
        "def main(): return compile([1])\ndef compile(parts): return parts\nmain()",
        "from numexpr import evaluate as eval\neval('a + b')",
        "from ast import literal_eval as eval\neval('1')",
        "def run(compile=True):\n    if compile: return 1",
        "import pandas as pd\ndf = pd.DataFrame()\ndf.eval('a = b')\ndf.query('a > 1')\npd.eval('1 + 1')",
        "import torch\nmodel = torch.compile(model)\nmodel.eval()",
        "os_name = 'linux'\nsystem = os_name\nprint(system)",
        "self.os = 'x'\nprint(self.os.upper())",
        "config['os']['system'] = 1\nprint(config['os'])",
        "import platform\nprint(platform.system(), platform.os_release if 0 else '')",
        "import sys\nsys.path.insert(0, '.')\nprint(sys.modules.keys(), sys.argv, sys.version)",
        "open('/dev/null', 'w')\nopen('/dev/stdout', 'w')",
        "open('etc/passwd')\nopen('./proc/x')\nopen('/tmp/etc/passwd')",
        "print('/etc/passwd')\nlogging.info('/proc/x')\nre.search('/etc/', x)\nx.startswith('/dev')",
        "import re\nre.sub('/etc/.*', '', x)\nre.compile('/sys')",
        "from pathlib import PurePath\nPurePath('/etc/x').name",
        "app.route('/dev/docs')\nrequests.get('https://host/etc/passwd')",
        "import importlib\nimportlib.import_module('json')",
        "getattr(obj, 'name')\nsetattr(obj, 'x', 1)\nhasattr(obj, '__len__')",
        "class A:\n    def __getattribute__(self, n): return super().__getattribute__(n)",
        "class A:\n    def __repr__(self): return self.__class__.__name__ + str(self.__dict__)",
        "class A:\n    __slots__ = ('x',)\n    def __eq__(self, o): return type(self) is type(o)",
        "import traceback\ntry: f()\nexcept Exception as e: traceback.print_tb(e.__traceback__)",
        "import multiprocessing as m\nwith m.Pool(2) as p: p.map(f, [1])",
        "import pickle\npickle.dump(x, open('x.pkl', 'wb'))\npickle.load(open('x.pkl', 'rb'))",
        "import timeit\ntimeit.timeit('\"-\".join(str(n) for n in range(100))', number=10)",
        "import doctest\ndoctest.testmod()",
        "import ctypes\nclass P(ctypes.Structure):\n    _fields_ = [('x', ctypes.c_int)]",
        "import inspect\nprint(inspect.getsource(f), f.__code__.co_varnames)",
        "'{0.real} {x[0]} {y:>{w}}'.format(1, x=[1], y=2, w=3)",
        "import asyncio\nasyncio.run(main())",
        "eval_result = 1\nexec_time = 2\ncompile_flags = []\n__import__name = 3",
        "d = {'eval': 1, 'exec': 2}\nd['eval']",
        "import posixpath\nposixpath.join('a', 'b')",
        "import webbrowser\nwebbrowser.open('https://example.org')",
        "import numpy as np\nnp.random.SeedSequence(1).spawn(2)",
        "lst = ['/etc', '/usr']\nprint(len(lst))",
        "with open('/usr/share/dict/words') as f: print(f.read())",
        "def open(path): return path\nopen('/etc/passwd')",
    ] {
        assert_eq!(forbidden(code), Vec::<&str>::new(), "{code}");
    }
}
